from tarash.tarash_gateway._moved import moved

moved(
    __name__,
    "http.messages",
    MOST_REDIRECTS="http.urls",
    REDIRECTS="http.urls",
    followed="http.urls",
    origin="values.urls",
)
