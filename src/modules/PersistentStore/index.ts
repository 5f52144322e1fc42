import { dirname } from "node:path";
import { dataPath, defineModule } from "../../framework/module.ts";
import { openDatabase } from "../../util/database.ts";
import { manifest } from "./manifest.ts";
import { migrations, Store } from "./store.ts";

export const PersistentStore = defineModule(manifest, async ({ config, env, files }) => {
  const path = dataPath(env, config.sqlite_db_file_path);
  await files.makeFolder(dirname(path));
  const database = openDatabase(path, migrations);
  const store = new Store(database);
  return {
    provides: {
      main: {
        store({ key, value }) {
          store.store(key, value);
          return null;
        },
        load: ({ key }) => store.load(key),
        delete({ key }) {
          store.remove(key);
          return null;
        },
        exists: ({ key }) => store.exists(key),
      },
    },
    stop: () => database.close(),
  };
});
