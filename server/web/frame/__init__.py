"""What all pages share: who may open them, how they are made, their texts, their headers."""
