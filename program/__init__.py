"""The kiosk's program around its parts: settings, building, standing still when it cannot start."""
