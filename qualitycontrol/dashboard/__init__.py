"""What a study has come to so far, in numbers that each say how they are computed."""
