"""What several features share: options as types, completion, responses, dispatch of buttons."""
