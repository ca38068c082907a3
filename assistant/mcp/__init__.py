"""The MCP server: what models and their agents ask for, over standard input and output or HTTP."""
