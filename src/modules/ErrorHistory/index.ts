import { dirname } from "node:path";
import { dataPath, defineModule } from "../../framework/module.ts";
import { openDatabase } from "../../util/database.ts";
import { History, migrations } from "./history.ts";
import { manifest } from "./manifest.ts";

export const ErrorHistory = defineModule(manifest, async ({ implConfig, env, files, log, subscribeAllErrors }) => {
  const path = dataPath(env, implConfig.error_history.database_path);
  await files.makeFolder(dirname(path));
  const database = openDatabase(path, migrations);
  const history = new History(database);
  subscribeAllErrors((error) => {
    if (!history.take(error)) log.error({ error }, `the cleared error ${error.type} was never raised`);
  });
  return {
    provides: { error_history: { get_errors: ({ filters }) => history.find(filters) } },
    stop: () => database.close(),
  };
});
