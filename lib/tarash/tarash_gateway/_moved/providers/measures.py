from tarash.tarash_gateway._moved import moved

moved(__name__, "providers.kit")
