from tarash.tarash_gateway._moved import alias

alias(
    __name__,
    "values.config",
    MockConfig="values.mock_config",
    MockPollingConfig="values.mock_config",
    MockResponse="values.mock_config",
)
