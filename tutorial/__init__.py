"""The supporter's training: sub-tasks, exam and qualification."""
