import { setImmediate as turnOver } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { ReadyAnswers } from './ready-answers.js';

function recorded() {
  const sent: number[] = [];
  return { sent, answers: new ReadyAnswers<number>((answer) => sent.push(answer)) };
}

it('sends what is ready in one turn together, in its order, at the end of that turn', async () => {
  const { sent, answers } = recorded();
  answers.add(1);
  await Promise.resolve();
  answers.add(2);
  expect(sent).toEqual([]);
  await turnOver();
  expect(sent).toEqual([1, 2]);
  answers.add(3);
  await turnOver();
  expect(sent).toEqual([1, 2, 3]);
});

it('does not wait for the end of a turn that has many', async () => {
  const { sent, answers } = recorded();
  for (let answer = 1; answer <= 35; answer++) answers.add(answer);
  expect(sent).toHaveLength(32);
  await turnOver();
  expect(sent).toEqual(Array.from({ length: 35 }, (_, index) => index + 1));
});

it('sends what becomes ready while it sends', async () => {
  const sent: number[] = [];
  const answers = new ReadyAnswers<number>((answer) => {
    sent.push(answer);
    if (answer < 3) answers.add(answer + 1);
  });
  answers.add(1);
  await turnOver();
  await turnOver();
  await turnOver();
  expect(sent).toEqual([1, 2, 3]);
});
