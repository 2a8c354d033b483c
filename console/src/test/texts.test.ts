import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import en from '../shared/i18n/en.json';
import zh from '../shared/i18n/zh.json';

type Texts = { [key: string]: string | Texts };

const flat = (texts: Texts, prefix = ''): Map<string, string> =>
  new Map(
    Object.entries(texts).flatMap(([key, value]) =>
      typeof value === 'string' ? [[prefix + key, value] as const] : [...flat(value, `${prefix}${key}.`)],
    ),
  );

const english = flat(en);
const chinese = flat(zh);
const src = join(import.meta.dirname, '..');
const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.tsx?$/.test(file) && !file.includes('.test.') && !file.endsWith('.d.ts'))
  .map((file) => ({
    file,
    tree: ts.createSourceFile(
      file,
      readFileSync(join(src, file), 'utf8'),
      ts.ScriptTarget.Latest,
      true,
      file.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS,
    ),
  }));

function visit(node: ts.Node, see: (node: ts.Node) => void): void {
  see(node);
  node.forEachChild((child) => visit(child, see));
}

/** The keys an expression may give: literals, either branch of a condition, templates as patterns. */
function keysOf(node: ts.Expression): (string | RegExp)[] {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) {
    return [node.text];
  }
  if (ts.isConditionalExpression(node)) {
    return [...keysOf(node.whenTrue), ...keysOf(node.whenFalse)];
  }
  if (ts.isTemplateExpression(node)) {
    const escape = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    const pattern =
      escape(node.head.text) + node.templateSpans.map((span) => `[^.]+${escape(span.literal.text)}`).join('');
    return [new RegExp(`^${pattern}$`)];
  }
  return [];
}

describe('the texts', () => {
  it('both languages have the same keys', () => {
    expect([...chinese.keys()].sort()).toEqual([...english.keys()].sort());
  });

  it('both languages fill in the same values', () => {
    const values = (text: string) => [...text.matchAll(/{{\s*(\w+[^}]*?)\s*}}/g)].map(([, name]) => name).sort();
    for (const [key, text] of english) {
      expect(values(chinese.get(key) ?? ''), key).toEqual(values(text));
    }
  });

  it('none is empty, and Chinese is not left in English', () => {
    const alike = ['common.product', 'segments.json', 'templates.html', 'customer.ofFive', 'channel.sms'];
    for (const [key, text] of english) {
      expect(text, key).not.toBe('');
      if (!alike.includes(key)) {
        expect(chinese.get(key), key).toMatch(/\p{Script=Han}/u);
      }
    }
  });

  it('every text the code asks for exists', () => {
    const unknown: string[] = [];
    for (const { file, tree } of files) {
      visit(tree, (node) => {
        const callee = ts.isCallExpression(node) ? node.expression : null;
        if (
          !callee ||
          !ts.isCallExpression(node) ||
          !ts.isIdentifier(callee) ||
          callee.text !== 't' ||
          !node.arguments[0]
        ) {
          return;
        }
        for (const key of keysOf(node.arguments[0])) {
          const exists =
            typeof key === 'string' ? english.has(key) : [...english.keys()].some((known) => key.test(known));
          if (!exists) {
            unknown.push(`${file}: ${String(key)}`);
          }
        }
      });
    }
    expect(unknown).toEqual([]);
  });

  it('every text is asked for somewhere', () => {
    const vocabularies =
      /^(tier|group|stage|reason|messageState|campaignState|arm|action|objectiveKind|metric|unit|objectiveState|measuring|score|channel|role|timeline|importState|tail|event|importField|importKind|importOrigin|pullState|fileState|rejectReason|creditReason|identifier|purpose|problem|fault|change|thing|valueKind|deliveryState|deliveryFailure|dataset|exportState|exportFailure|qualityRule|qualityBarrier|qualityShape|qualityEnd)\./;
    const asked = files.flatMap(({ tree }) => {
      const found: (string | RegExp)[] = [];
      visit(tree, (node) => {
        if (
          ts.isCallExpression(node) &&
          ts.isIdentifier(node.expression) &&
          node.expression.text === 't' &&
          node.arguments[0]
        ) {
          found.push(...keysOf(node.arguments[0]));
        }
      });
      return found;
    });
    const unused = [...english.keys()].filter(
      (key) => !vocabularies.test(key) && !asked.some((one) => (typeof one === 'string' ? one === key : one.test(key))),
    );
    expect(unused).toEqual([]);
  });

  it('no page has a text of its own', () => {
    const spoken = [
      'title',
      'label',
      'placeholder',
      'aria-label',
      'alt',
      'extra',
      'description',
      'okText',
      'text',
      'help',
    ];
    const allowed = new Set(['EUR', 'BACK-']);
    const found: string[] = [];
    for (const { file, tree } of files) {
      visit(tree, (node) => {
        if (ts.isJsxText(node) && /\p{L}/u.test(node.text)) {
          found.push(`${file}: ${node.text.trim()}`);
        }
        if (
          ts.isJsxAttribute(node) &&
          spoken.includes(node.name.getText()) &&
          node.initializer &&
          ts.isStringLiteral(node.initializer) &&
          /\p{L}/u.test(node.initializer.text) &&
          !allowed.has(node.initializer.text)
        ) {
          found.push(`${file}: ${node.name.getText()}="${node.initializer.text}"`);
        }
      });
    }
    expect(found).toEqual([]);
  });
});

describe('the layout of the code', () => {
  it('features do not import each other, and only pages and the frame put them together', () => {
    const wrong: string[] = [];
    for (const { file, tree } of files) {
      const own = /^features\/([^/]+)\//.exec(file)?.[1];
      visit(tree, (node) => {
        if (!ts.isImportDeclaration(node) || !ts.isStringLiteral(node.moduleSpecifier)) {
          return;
        }
        const from = node.moduleSpecifier.text;
        const feature = /^@\/features\/([^/]+)/.exec(from)?.[1];
        const climbs = own !== undefined && from.startsWith('../..');
        const mayCompose = file.startsWith('pages/') || file.startsWith('app/');
        if (climbs || (feature && feature !== own && !mayCompose) || (own && /^@\/(pages|app)\//.test(from))) {
          wrong.push(`${file} imports ${from}`);
        }
      });
    }
    expect(wrong).toEqual([]);
  });
});
