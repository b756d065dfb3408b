"""Where Piccolo finds its engine and its one app. The address is set by server.database."""

from piccolo.conf.apps import AppRegistry

from server.database import ENGINE as DB  # noqa: F401  (Piccolo looks for this name)

APP_REGISTRY = AppRegistry(apps=["tables.piccolo_app"])
