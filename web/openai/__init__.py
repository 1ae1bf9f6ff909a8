"""The chat interface that existing front ends speak: OpenAI's chat completions over this library's answers."""

from web.openai.chat import openai_router

__all__ = ["openai_router"]
