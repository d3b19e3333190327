"""The verdict on a conversation: filters, auto-approval, reviews, releases."""
