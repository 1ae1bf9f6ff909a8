"""An answer in the shapes that WeChat shows: a text message (text.py) and the card of a mini-program page (card.py)."""
