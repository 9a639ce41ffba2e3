// `node builders.mjs FOLDER FILE`: builds each message of FILE anew with @discordjs/builders, which
// is installed in FOLDER, setter by setter; each setter validates. FILE is JSON, a list of
// {name, components}. Prints a JSON list of {name, why}; `why` is empty where the builders accept
// the message and give the same one back.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";

const [folder, file] = process.argv.slice(2);
const builders = createRequire(join(folder, "package.json"))("@discordjs/builders");
const NESTED = new Set(["type", "components", "accessory", "options"]);
const SETTERS = { url: "setURL", sku_id: "setSKUId" };

function setterOf(key) {
  const camel = key.replace(/(?:^|_)([a-z])/g, (_, letter) => letter.toUpperCase());
  return SETTERS[key] ?? `set${camel}`;
}

function filled(builder, data) {
  for (const [key, value] of Object.entries(data)) {
    if (NESTED.has(key)) continue;
    const setter = setterOf(key);
    if (typeof builder[setter] !== "function") throw new Error(`there is no ${setter}`);
    builder[setter](value);
  }
  return builder;
}

function built(data) {
  const Builder = builders.createComponentBuilder({ type: data.type }).constructor;
  const builder = filled(new Builder(), data);
  const inner = (data.components ?? []).map(built);
  if (builder.spliceComponents) builder.spliceComponents(0, 0, ...inner);
  else if (builder.setComponents) builder.setComponents(...inner);
  else if (inner.length) builder.addTextDisplayComponents(...inner);
  if (data.accessory?.type === 2) builder.setButtonAccessory(built(data.accessory));
  else if (data.accessory) builder.setThumbnailAccessory(built(data.accessory));
  if (data.options) {
    const made = data.options.map((option) => filled(new builders.StringSelectMenuOptionBuilder(), option));
    builder.setOptions(...made);
  }
  return builder;
}

function why(components) {
  try {
    const again = components.map((component) => built(component).toJSON());
    if (isDeepStrictEqual(JSON.parse(JSON.stringify(again)), components)) return "";
    return `the builders give ${JSON.stringify(again)}`;
  } catch (error) {
    return String(error.errors?.[0]?.[1]?.message ?? error.message);
  }
}

const messages = JSON.parse(readFileSync(file, "utf8"));
const told = messages.map(({ name, components }) => ({ name, why: why(components) }));
process.stdout.write(JSON.stringify(told));
