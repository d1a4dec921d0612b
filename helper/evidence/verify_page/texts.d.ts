declare const TEXTS: { zh_CN: Record<string, string>; en: Record<string, string> };
