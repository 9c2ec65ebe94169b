from tarash.tarash_gateway._moved import alias

alias(
    __name__,
    "http.messages",
    MOST_REDIRECTS="http.urls",
    REDIRECTS="http.urls",
    followed="http.urls",
    origin="values.urls",
)
