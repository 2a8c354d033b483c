import { describe, expect, it } from 'vitest';
import { faultsByField, placeToPath, problemOf, ProblemError, toProblem } from './problem';

describe('a place in what was sent', () => {
  it.each([
    ['target', ['target']],
    ['sendWindow.from', ['sendWindow', 'from']],
    ['/sendWindow/from', ['sendWindow', 'from']],
    ['rule.all[0].value', ['rule', 'all', 0, 'value']],
    ['$.rule.any.1.not', ['rule', 'any', 1, 'not']],
    ['#/rule/all/10', ['rule', 'all', 10]],
    ['/where/a~1b', ['where', 'a/b']],
    ['', []],
  ])('%s is read as a path', (place, path) => {
    expect(placeToPath(place)).toEqual(path);
  });
});

describe('a problem the server answered', () => {
  const problem = toProblem(
    {
      title: 'Unprocessable Content',
      status: 422,
      detail: 'the objective is not complete',
      code: 'objective_incomplete',
      errors: [
        { place: 'target', message: 'state a target' },
        { place: 'sendWindow.from', message: 'not a time' },
        { place: 'target', message: 'must be above the baseline' },
        { place: 'somewhere', message: 'elsewhere' },
      ],
    },
    422,
  );

  it('puts each fault under its field and keeps the rest', () => {
    const sorted = faultsByField(problem, [['target'], ['sendWindow']]);
    expect(sorted.fields).toEqual([
      { name: ['target'], errors: ['state a target', 'must be above the baseline'] },
      { name: ['sendWindow'], errors: ['not a time'] },
    ]);
    expect(sorted.rest).toEqual([{ place: 'somewhere', code: '', message: 'elsewhere', parameters: {} }]);
  });

  it('gives a fault to the field named most exactly', () => {
    const sorted = faultsByField(problem, [['sendWindow'], ['sendWindow', 'from']]);
    expect(sorted.fields).toEqual([{ name: ['sendWindow', 'from'], errors: ['not a time'] }]);
  });

  it('does not take a field for one whose name begins alike', () => {
    const sorted = faultsByField(
      { ...problem, errors: [{ place: 'targets', code: '', message: 'x', parameters: {} }] },
      ['target'],
    );
    expect(sorted.fields).toEqual([]);
  });

  it('is still a problem when a proxy answered with a page', () => {
    expect(toProblem('<html>Bad gateway</html>', 502)).toMatchObject({ status: 502, code: 'http_502', errors: [] });
    expect(toProblem(undefined, 500)).toMatchObject({ status: 500, code: 'http_500', detail: '' });
  });

  it('survives being thrown', () => {
    expect(problemOf(new ProblemError(problem))).toBe(problem);
    expect(problemOf(new Error('boom'))).toMatchObject({ code: 'console_error', detail: 'boom' });
  });
});
