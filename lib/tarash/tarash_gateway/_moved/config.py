from tarash.tarash_gateway._moved import moved

moved(
    __name__,
    "values.config",
    MockConfig="values.mock_config",
    MockPollingConfig="values.mock_config",
    MockResponse="values.mock_config",
)
