"""What one class calls the sizes and names that its layers mention."""
