"""What the flow does beside a submission, a subject a file: rating, and more. Knows nothing of Kivy."""
