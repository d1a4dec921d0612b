/**
 * One row of a chat as HTML that stands alone: what is shown of it, its words, links and classes, no
 * style, script or address that would be loaded again. Pictures are read where the page lets an
 * extension read them without a new request: `data:` and `blob:` as they are, others as their pixels.
 */
(() => {
  const scope = /** @type {any} */ (globalThis);
  if (scope.kazhengChatRows) return;

  const SKIPPED = /^(script|style|noscript|template|svg|iframe|object|embed|link|meta|base|audio)$/;
  const VOID = /^(area|br|col|hr|img|input|wbr)$/;
  const KEPT = /^(class|id|role|title|alt|datetime|lang|dir|aria-label|colspan|rowspan|data-[\w-]+)$/;
  const LINKS = /^(https?|mailto|tel):/i;
  const LONGEST_VALUE = 300;
  const LONGEST_HEADING = 200;
  const MOST_HEADINGS = 12;
  const LONGEST_ADDRESS = 2_000;
  const DEPTH = 60;
  /** Smaller (CSS pixels) is an icon, not a picture. */
  const SMALLEST_PICTURE = 24;
  const MOST_PIXELS = 2_000_000;
  const LARGE_PNG = 1_500_000;
  const MOST_CHARACTERS = 10_000_000;
  const BLOB_MILLISECONDS = 1_500;

  const {
    areaValue,
    attributesOf,
    bodyOf,
    canvasPicture,
    checkVisibility,
    data,
    firstChild,
    inputType,
    inputValue,
    nameOf,
    nextSibling,
    nodeType,
    queryAll,
    queryAllIn,
    rectangle,
    rootOf,
    shadowOf,
  } = scope.kazhengNatives;
  const { escapeAttribute, escapeText } = scope.kazhengText;
  const { isSecret } = scope.kazhengFields;
  const { around, PICTURES, wordsOf } = scope.kazhengChatList;

  /**
   * @typedef {{id: number, address: string, width: number, height: number, how: string,
   *   data: string | null}} Picture `data` is a data URL; null where the page lets nobody read it
   */
  /** By address, so that one face is kept once. @type {Map<string, Picture>} */
  const known = new Map();
  /** Canvases have no address. @type {WeakMap<any, Picture>} */
  const drawn = new WeakMap();
  /** Pictures that the background does not have yet. @type {Picture[]} */
  let fresh = [];
  let characters = 0;

  /** @param {any} image @returns {string} what it shows, as an address; empty of a canvas */
  const addressOf = (image) => String(image.currentSrc || image.src || image.poster || "");

  /** @param {any} element @returns {boolean} */
  const isPicture = (element) => {
    const { width, height } = rectangle(element);
    return width >= SMALLEST_PICTURE && height >= SMALLEST_PICTURE;
  };

  /** @param {any} image @returns {boolean} it is still on its way */
  const loading = (image) => nameOf(image) === "img" && addressOf(image) !== "" && !image.complete;

  /** @param {any} row @returns {any[]} */
  const picturesIn = (row) => [...queryAllIn(row, PICTURES)].filter(isPicture);

  /** @param {any} image @param {number} width @param {number} height @returns {string} its pixels */
  const pixels = (image, width, height) => {
    const scale = Math.min(1, Math.sqrt(MOST_PIXELS / (width * height)));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(width * scale));
    canvas.height = Math.max(1, Math.round(height * scale));
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    const png = canvasPicture(canvas, "image/png");
    return png.length > LARGE_PNG ? canvasPicture(canvas, "image/jpeg", 0.92) : png;
  };

  /** @param {string} address of a `blob:`: no request goes out @returns {Promise<string | null>} */
  const blobBytes = async (address) => {
    try {
      const signal = AbortSignal.timeout(BLOB_MILLISECONDS);
      const blob = await (await fetch(address, { signal })).blob();
      if (!blob.type.startsWith("image/") || blob.size > LARGE_PNG) return null;
      return await new Promise((resolve) => {
        const reader = new FileReader();
        reader.onload = () => resolve(String(reader.result));
        reader.onerror = () => resolve(null);
        reader.readAsDataURL(blob);
      });
    } catch {
      return null;
    }
  };

  /** @param {any} image @returns {Promise<Pick<Picture, "how" | "data">>} */
  const read = async (image) => {
    const address = addressOf(image);
    if (/^data:image\/(?!svg)/.test(address)) return { how: "address", data: address };
    const bytes = address.startsWith("blob:") ? await blobBytes(address) : null;
    if (bytes) return { how: "blob", data: bytes };
    try {
      const width = image.naturalWidth || image.videoWidth || image.width;
      const height = image.naturalHeight || image.videoHeight || image.height;
      if (!width || !height) return { how: "not_loaded", data: null };
      return { how: "pixels", data: pixels(image, width, height) };
    } catch {
      return { how: "protected", data: null };
    }
  };

  /** Read the pictures of a row that are not known yet. @param {any} row */
  const readPictures = async (row) => {
    for (const image of picturesIn(row)) {
      if (loading(image)) continue;
      const own = nameOf(image) === "canvas" ? null : addressOf(image);
      if (own && known.has(own)) continue;
      const { how, data: found } = await read(image);
      const large = found !== null && characters + found.length > MOST_CHARACTERS;
      const { width, height } = rectangle(image);
      /** @type {Picture} */
      const picture = {
        id: known.size + 1,
        address: own && !/^(data|blob):/.test(own) ? own.slice(0, LONGEST_ADDRESS) : "",
        width: Math.round(width),
        height: Math.round(height),
        how: large ? "too_many" : how,
        data: large ? null : found,
      };
      characters += picture.data?.length ?? 0;
      known.set(own || `canvas ${picture.id}`, picture);
      drawn.set(image, picture);
      fresh.push(picture);
    }
  };

  /** @returns {Picture[]} those found since the last call */
  const takePictures = () => fresh.splice(0);

  /** @param {any} element @returns {boolean} it has a box and is not made invisible */
  const visible = (element) =>
    checkVisibility(element, { checkVisibilityCSS: true }) ||
    getComputedStyle(element).display === "contents";

  /** @param {any} element @param {string} name @returns {string} */
  const attributes = (element, name) => {
    let text = "";
    for (const { name: key, value } of attributesOf(element)) {
      if (!KEPT.test(key) || key.startsWith("data-kazheng") || key === "data-side") continue;
      text += ` ${key}="${escapeAttribute(value.slice(0, LONGEST_VALUE))}"`;
    }
    if (name === "a") {
      const link = String(element.href ?? "").slice(0, LONGEST_ADDRESS);
      if (LINKS.test(link)) text += ` href="${escapeAttribute(link)}"`;
    }
    return text;
  };

  /** @param {any} image @returns {string} */
  const pictureTag = (image) => {
    const address = addressOf(image);
    const picture = nameOf(image) === "canvas" ? drawn.get(image) : known.get(address);
    const named = picture ? ` data-kazheng-picture="${picture.id}"` : "";
    const told = /^https?:/.test(address)
      ? ` data-kazheng-address="${escapeAttribute(address.slice(0, LONGEST_ADDRESS))}"`
      : "";
    const { width, height } = rectangle(image);
    const size = ` width="${Math.round(width)}" height="${Math.round(height)}"`;
    return `<img${attributes(image, "img")}${named}${told}${size}>`;
  };

  /** @param {any} field @param {string} name @returns {string} what is typed, unless it is secret */
  const valueOf = (field, name) => {
    if (name === "textarea") return isSecret(field, "textarea") ? "" : areaValue(field);
    return isSecret(field, inputType(field)) ? "" : inputValue(field);
  };

  /** @param {any} node @param {number} depth @param {string} [first] @returns {string} */
  const markup = (node, depth, first = "") => {
    const type = nodeType(node);
    if (type === 3) return escapeText(data(node));
    if (type !== 1 || depth > DEPTH) return "";
    const name = nameOf(node);
    if (SKIPPED.test(name) || !visible(node)) return "";
    if (/^(img|canvas|video)$/.test(name)) return pictureTag(node);
    const tag = /^[a-z][\w-]*$/.test(name) ? name : "div";
    const own = name === "input" ? ` value="${escapeAttribute(valueOf(node, name))}"` : "";
    const open = `<${tag}${first}${attributes(node, name)}${own}>`;
    if (VOID.test(name)) return open;
    if (name === "textarea") return `${open}${escapeText(valueOf(node, name))}</${tag}>`;
    let inside = "";
    for (let child = firstChild(shadowOf(node) ?? node); child; child = nextSibling(child)) {
      inside += markup(child, depth + 1);
    }
    return `${open}${inside}</${tag}>`;
  };

  /** @param {any} row @returns {any} the deepest element that holds nearly all it says */
  const bubbleIn = (row) => {
    const all = wordsOf(row).length;
    let best = row;
    for (const element of queryAllIn(row, "*")) {
      if (all && wordsOf(element).length >= all * 0.7) best = element;
    }
    if (!all) return picturesIn(row)[0] ?? row;
    const range = document.createRange();
    range.selectNodeContents(best);
    return range;
  };

  /**
   * On which side of the list the words stand. Where classes name nobody, chats still put one's own
   * on the right.
   *
   * @param {any} row @returns {string} as an attribute
   */
  const side = (row) => {
    try {
      const [all, own] = [rectangle(row), bubbleIn(row).getBoundingClientRect()];
      const [before, after] = [own.left - all.left, all.right - own.right];
      if (Math.abs(before - after) <= all.width * 0.1) return "";
      return ` data-kazheng-side="${before < after ? "left" : "right"}"`;
    } catch {
      return "";
    }
  };

  /** @param {any} row @returns {Promise<string>} HTML, with what its pictures are */
  const html = async (row) => {
    await readPictures(row);
    return markup(row, 0, side(row));
  };

  /** @param {any} row @returns {boolean} a picture of it is not there yet */
  const waits = (row) => picturesIn(row).some(loading);

  /** @param {any} row @returns {string} what tells it from others: words, and addresses of pictures */
  const keyOf = (row) => {
    const shown = [...queryAllIn(row, PICTURES)].map((one) =>
      nameOf(one) === "canvas" ? "canvas" : addressOf(one).slice(-200),
    );
    return `${wordsOf(row)}\n${shown.join(" ")}`;
  };

  /** @param {any} element @returns {{name: string, open: string}} an element around the rows */
  const shell = (element) => {
    const name = nameOf(element);
    const tag = /^(ul|ol|table|tbody|section|main|article|dl)$/.test(name) ? name : "div";
    return { name: tag, open: `<${tag}${attributes(element, name)}>` };
  };

  /** @param {any} list @returns {{open: string, close: string}} the elements around the rows */
  const shells = (list) => {
    let [open, close] = ["", ""];
    const end = [rootOf(list.page), bodyOf(list.page)];
    let above = list.scroller === rootOf(list.page) ? 0 : 4;
    for (let node = list.container; node && !end.includes(node); node = around(node)) {
      const { name, open: tag } = shell(node);
      [open, close] = [tag + open, `${close}</${name}>`];
      if (node === list.scroller || above < 4) above -= 1;
      if (above < 0) break;
    }
    return { open, close };
  };

  /** @param {any} list @returns {string[]} what the page's headings say */
  const headings = (list) =>
    [...new Set([document, list.page])]
      .flatMap((page) => [...queryAll(page, "h1, h2, h3, h4")])
      .filter((one) => rectangle(one).height > 0)
      .slice(0, MOST_HEADINGS)
      .map((one) => wordsOf(one).slice(0, LONGEST_HEADING));

  /** @param {any} list @returns what stands around the rows, and over them */
  const setting = (list) => ({ headings: headings(list), ...shells(list) });

  scope.kazhengChatRows = { html, keyOf, setting, takePictures, waits };
})();
