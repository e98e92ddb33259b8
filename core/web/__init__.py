"""Middleware around Streamlit: addresses, headers, compression, sign-in's way back."""
