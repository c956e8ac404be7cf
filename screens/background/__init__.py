"""Work done beside the screens, its answers handed back to Kivy's thread."""
