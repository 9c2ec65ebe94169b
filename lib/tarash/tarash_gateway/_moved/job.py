from tarash.tarash_gateway._moved import alias

alias(__name__, "values.job")
