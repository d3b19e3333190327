"""Staff accounts: signing in with a second factor, sessions, roles. The library is django-allauth; the rules are ours."""
