"""A small permit archive made to order, and the story that onecopy tells about it."""
