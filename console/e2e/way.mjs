// The whole way through the console, as a person goes it; each step fails with what it waited for.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const PATIENCE = 30_000;

/**
 * Goes from sign-in to the result page and leaves a picture of each page in `folder`.
 * Answers the names of the pictures and what the browser complained about.
 */
export async function goTheWay({ baseUrl, email, password, folder, executablePath, log }) {
  await mkdir(folder, { recursive: true });
  const browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-background-networking', '--disable-gpu', '--disable-quic', '--no-first-run'],
  });
  const complaints = [];
  const pictures = [];
  try {
    const context = await browser.newContext({
      viewport: { width: 1280, height: 900 },
      locale: 'en-GB',
      reducedMotion: 'reduce',
    });
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE);
    page.on('pageerror', (error) => complaints.push(`page error: ${error.message}`));
    let refusals = 0;
    page.on('console', (message) => {
      // Chromium reports refusals by itself: the session question of somebody not signed in is answered 401, and the
      // preview of a template whose offer is not chosen yet 422, as is a template that is not well-formed.
      if (/status of 422/.test(message.text())) {
        refusals++;
        return;
      }
      if (['error', 'warning'].includes(message.type()) && !/status of 401/.test(message.text())) {
        complaints.push(`${message.type()}: ${message.text()}`);
      }
    });
    const id = (name) => page.getByTestId(name);
    const main = page.locator('main');
    const settled = async () => {
      await page
        .locator('.ant-message-notice')
        .first()
        .waitFor({ state: 'detached' })
        .catch(() => undefined);
      await page.waitForFunction(() =>
        [...document.querySelectorAll('.chart')].every((chart) => chart.dataset.drawn === 'true'),
      );
    };
    const picture = async (name) => {
      await settled();
      await page.evaluate(() => window.scrollTo(0, 0));
      const file = `${String(pictures.length + 1).padStart(2, '0')}-${name}.png`;
      await page.screenshot({ path: join(folder, file), fullPage: true });
      pictures.push(file);
      log(`✓ ${name}`);
    };
    const choose = async (testId, ...texts) => {
      await id(testId).evaluate((element) => element.scrollIntoView({ block: 'center' }));
      await id(testId).click();
      const options = page.locator('.ant-select-dropdown:not(.ant-select-dropdown-hidden) .ant-select-item-option');
      for (const text of texts) {
        await options
          .filter(text ? { hasText: text } : {})
          .first()
          .click();
      }
    };
    const pickDay = async (testId, day) => {
      await id(testId).click();
      await id(testId).fill(day);
      await id(testId).press('Enter');
    };
    const numberOf = async (testId) => {
      await id(testId).waitFor();
      return Number((await id(testId).innerText()).replace(/[^\d.-]/g, ''));
    };
    const expect = (condition, what) => {
      if (!condition) throw new Error(`expected ${what}`);
    };
    const stamp = `e2e ${Math.random().toString(36).slice(2, 7)}`;

    // Sign in; a page asked for without a session is come back to.
    await page.goto(`${baseUrl}/#/objectives`);
    await id('sign-in').waitFor();
    await picture('sign-in');
    await id('email').fill(email);
    await id('password').fill(password);
    await id('sign-in-submit').click();
    await id('page-objectives').waitFor();

    await id('nav-overview').click();
    await id('figure-customers').waitFor();
    const today = new Date(
      (await page.evaluate(() => fetch('./api/clock').then((answer) => answer.json()))).businessTime,
    );
    const inMonths = (months) => {
      const day = new Date(today);
      day.setUTCMonth(day.getUTCMonth() + months);
      return day.toISOString().slice(0, 10);
    };
    await id('refresh-analysis').click();
    await page.locator('.ant-message-success').waitFor();
    await page.mouse.move(0, 0);
    await picture('overview');

    // An objective: refused while it is not complete, then saved with a measured baseline.
    await id('nav-objectives').click();
    await id('new-objective').click();
    await id('save-objective').click();
    await main.locator('.ant-form-item-explain-error').first().waitFor();
    await id('objective-name').fill(`Objective ${stamp}`);
    await id('objective-target').fill('2');
    await pickDay('objective-deadline', inMonths(6));
    await page.waitForTimeout(300);
    expect(page.url().endsWith('/new'), 'Enter in a picker to send no form');
    await id('save-objective').click();
    await Promise.race([
      id('objective-baseline').waitFor(),
      id('problem')
        .waitFor()
        .then(async () => {
          throw new Error(`the objective was refused: ${await id('problem').innerText()}`);
        }),
    ]);
    await picture('objective');

    // A segment: conditions put together, with whom they find shown on the way.
    await id('nav-segments').click();
    await id('new-segment').click();
    await id('segment-name').fill(`Segment ${stamp}`);
    await id('add-condition-').click();
    await id('add-orders').click();
    await id('preview-count').waitFor();
    const buyers = await numberOf('preview-count');
    expect(buyers > 0, 'the preview to find customers with an order');
    await id('add-group-').click();
    await id('add-condition-all.1').click();
    await page.getByTestId('add-stage').last().click();
    await choose('choose-stage', 'Lapsing', 'Lost');
    await page.keyboard.press('Escape');
    await page.waitForFunction((before) => {
      const count = document.querySelector('[data-testid=preview-count]');
      return count !== null && Number(count.textContent.replace(/\D/g, '')) !== before;
    }, buyers);
    await picture('segment-builder');
    await page.getByTestId('rule-view').getByText('JSON').click();
    const json = JSON.parse(await id('rule-json').inputValue());
    expect(JSON.stringify(json).includes('"stage":["lapsing","lost"]'), 'the JSON to hold the chosen stages');
    await picture('segment-json');
    await id('save-segment').click();
    await page.waitForURL(/#\/segments\/\d+$/);

    // An offer with codes.
    await id('nav-offers').click();
    await id('new-offer').click();
    await id('offer-name').fill(`Offer ${stamp}`);
    await pickDay('offer-expires', inMonths(6));
    await id('save-offer').click();
    await id('offer-codes').waitFor();
    await id('codes-generate').fill('20000');
    await id('add-codes').click();
    await page.waitForFunction(() =>
      /20[,.]?000/.test(document.querySelector('[data-testid=codes-total]')?.textContent ?? ''),
    );
    await picture('offer');

    // A template, filled in for a real customer.
    await id('nav-templates').click();
    await id('new-template').click();
    await id('template-name').fill(`Template ${stamp}`);
    await id('template-subject').fill('{{ customer.first_name }}, come back');
    await id('template-html').fill(
      '<h1>Hello {{ customer.first_name }}</h1>\n<p>Your code: {{ offer.code }}</p>\n<p><a href="{{ shop_url }}">Come back</a></p>\n<p><a href="{{ unsubscribe_url }}">Unsubscribe</a></p>',
    );
    // What is wrong with the part behind the other tab is shown there, whoever found it.
    const html = await id('template-html').inputValue();
    await id('template-html').fill('<h1>Hello {{ customer.first_name</h1>');
    await id('save-template').click();
    await page.locator('[data-testid=tab-text][data-faulty=true]').waitFor();
    await id('template-text').waitFor({ state: 'visible' });
    await id('template-text').fill('Hello {{ customer.first_name }}: {{ shop_url }}\n{{ unsubscribe_url }}');
    await id('save-template').click();
    await page.locator('[data-testid=tab-html][data-faulty=true]').waitFor();
    await id('template-html').waitFor({ state: 'visible' });
    await id('problem').waitFor();
    await picture('template-refused');
    await id('template-html').fill(html);
    await id('save-template').click();
    await id('template-preview').waitFor();
    await choose('customer-picker', '');
    await id('show-preview').click();
    await id('missing-values').waitFor();
    await choose('offer-picker', `Offer ${stamp}`);
    await id('show-preview').click();
    await id('preview-subject').waitFor();
    expect(!(await id('preview-subject').innerText()).includes('{{'), 'the subject to be filled in');
    await page.frameLocator('[data-testid=preview-html]').locator('h1').waitFor();
    await picture('template');

    // The campaign: set-up, forecast, approval, progress.
    await id('nav-campaigns').click();
    await id('new-campaign').click();
    await id('campaign-name').fill(`Campaign ${stamp}`);
    for (const [field, name] of [
      ['campaign-objectiveId', `Objective ${stamp}`],
      ['campaign-segmentId', `Segment ${stamp}`],
      ['campaign-templateId', `Template ${stamp}`],
      ['campaign-offerId', `Offer ${stamp}`],
    ]) {
      await choose(field, name);
    }
    await id('campaign-start').click();
    await id('campaign-start').fill(`${inMonths(1)} 10:30`);
    await id('campaign-start').press('Enter');
    await page.waitForTimeout(300);
    expect((await id('campaign-start').inputValue()) === `${inMonths(1)} 10:30`, 'the typed start to be taken');
    expect(page.url().endsWith('/new'), 'Enter in a picker to send no form');
    await picture('campaign-set-up');
    await id('campaign-start').hover();
    await main.locator('.ant-picker:has([data-testid=campaign-start]) .ant-picker-clear').click();
    await id('save-campaign').click();
    await id('forecast').waitFor();
    await page.locator('[data-testid=forecast-chart] svg').waitFor();
    expect((await id('power-words').innerText()).length > 20, 'the power in words');
    await picture('campaign-forecast');
    await id('step-approval').click();
    await id('submit-campaign').click();
    await id('reopen-campaign').click();
    await id('submit-campaign').click();
    await id('approve-campaign').waitFor();
    await picture('campaign-approval');
    await id('approve-campaign').click();
    await id('progress').waitFor();
    await picture('campaign-progress');

    // What a finished campaign changed.
    await id('nav-campaigns').click();
    await page.locator('[data-testid=campaign-link][data-state=finished]').first().click();
    await id('step-result').click();
    await page.locator('[data-testid=lift-conversion-chart] svg').waitFor();
    await page.locator('[data-testid=conversion-chart] svg').waitFor();
    expect(/[+\-−]?\d/.test(await id('lift-conversion-estimate').innerText()), 'the lift in figures');
    const verdict = await id('verdict').getAttribute('data-verdict');
    expect(['positive', 'negative', 'no_difference', 'not_measurable'].includes(verdict), `a verdict, not ${verdict}`);
    await picture('campaign-result');
    const approvedWith = await page.locator('tr[data-row-key=heldOut] td').nth(1).innerText();
    await id('step-forecast').click();
    await id('forecast').waitFor();
    expect(
      (await numberOf('forecast-held-out')) === Number(approvedWith.replace(/\D/g, '')),
      'the forecast of a finished campaign to be the one it was approved with',
    );
    await picture('campaign-forecast-approved');
    await id('step-decisions').click();
    await page.locator('[data-testid=decisions] tbody tr.ant-table-row').first().waitFor();
    await picture('campaign-decisions');

    // One customer.
    await id('nav-customers').click();
    await id('customer-link').first().click();
    await id('customer-tier').waitFor();
    await id('timeline').waitFor();
    await picture('customer');

    // A file of orders: sent, its columns named, tried, imported, taken back. One of its rows is of no use.
    await id('nav-imports').click();
    await id('new-import').click();
    await page.locator('main input[type=file]').setInputFiles({
      name: 'orders.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(
        [
          'Order,Customer,When,Article,Pieces,Price',
          `${stamp}-1,${stamp}-customer-1,17/02/2026 09:30,Tea,2,1250.50`,
          `${stamp}-2,${stamp}-customer-2,18/02/2026 10:00,Cup,1,9.90`,
          `${stamp}-3,${stamp}-customer-2,yesterday,Cup,1,9.90`,
          '',
        ].join('\n'),
      ),
    });
    await id('mapping-form').waitFor();
    await picture('import-mapping');
    await id('try-import').click();
    await main.locator('.ant-form-item-explain-error').first().waitFor();
    for (const [field, column] of [
      ['map-time', 'When'],
      ['map-product_name', 'Article'],
      ['map-quantity', 'Pieces'],
      ['map-unit_price', 'Price'],
    ]) {
      await choose(field, column);
    }
    await id('time-format').locator('input').fill('d/M/yyyy[ H:mm[:ss]]');
    await id('try-import').click();
    // The row of no use, with its reason. The table stands before its rows are there.
    await id('import-rejects').getByText('holds no time').first().waitFor();
    expect((await numberOf('import-lines')) > 0, 'lines the import would bring');
    await picture('import-check');
    await id('start-import').click();
    await page.waitForURL(/#\/imports\/\d+$/);
    await page.locator('[data-testid=import][data-state=done]').waitFor();
    await picture('import-done');
    await id('undo-import').click();
    await page.locator('.ant-popconfirm .ant-btn-primary').click();
    await page.locator('[data-testid=import][data-state=undone]').waitFor();

    // A colleague is let in, and locked out again.
    await id('nav-users').click();
    await id('users').waitFor();
    await id('new-user').click();
    await id('user-email').fill('e2e-colleague@example.com');
    await id('user-name').fill('Kim');
    await page.locator('.ant-modal-footer .ant-btn-primary').click();
    expect((await id('secret').innerText()).length > 8, 'the password that was made');
    await picture('user-made');
    await page.locator('.ant-modal-footer .ant-btn-primary').click();
    const colleague = id('user-e2e-colleague@example.com');
    await colleague.locator('.ant-btn-dangerous').click();
    await page.locator('.ant-popconfirm .ant-btn-primary').click();
    await id('user-locked').waitFor();

    // A source: its first key is shown this once.
    await id('nav-sources').click();
    await id('new-source').click();
    await id('source-name').fill(`Source ${stamp}`);
    await page.locator('.ant-modal-footer .ant-btn-primary').click();
    await id('close-secret').waitFor();
    expect((await id('secret').innerText()).startsWith('wk_'), 'the key of the source that was made');
    await picture('source-made');
    await id('close-secret').click();

    for (const name of [
      'customers',
      'objectives',
      'segments',
      'messages',
      'sources',
      'imports',
      'users',
      'keys',
      'audit',
    ]) {
      await id(`nav-${name}`).click();
      await id(`page-${name}`).waitFor();
      await page.locator('main .ant-spin-spinning').waitFor({ state: 'detached' });
      expect((await id('problem').count()) === 0, `no problem on the page ${name}`);
      await picture(name);
    }

    // Chinese, remembered over a reload, and a telephone's width.
    await id('language').click();
    await id('language-zh').click();
    await id('nav-campaigns').click();
    await page.locator('[data-testid=campaign-link][data-state=finished]').first().click();
    await id('step-result').click();
    await page.getByText('活动改变了什么').waitFor();
    await picture('campaign-result-zh');
    await page.reload();
    await page.getByText('活动改变了什么').waitFor();
    await id('nav-customers').click();
    await id('customer-link').first().click();
    await id('timeline').waitFor();
    await picture('customer-zh');
    await id('nav-imports').click();
    await id('import-link').nth(1).click();
    await page.locator('[data-testid=import]').waitFor();
    await picture('import-zh');
    await id('nav-overview').click();
    await id('figure-customers').waitFor();
    await picture('overview-zh');
    await page.setViewportSize({ width: 390, height: 844 });
    for (const [name, path] of [
      ['overview', '/'],
      ['campaigns', '/campaigns'],
      ['segment', '/segments/new'],
    ]) {
      await page.goto(`${baseUrl}/#${path}`);
      await main.locator('h1').waitFor();
      await page.locator('main [data-testid=loading]').waitFor({ state: 'detached' });
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(overflow <= 0, `the page ${name} to fit 390 px, not ${390 + overflow}`);
      await picture(`${name}-narrow`);
    }
    // A page asked for by its path, as people write it in a message, is found behind the hash.
    await page.goto(`${baseUrl}/campaigns`);
    await page.locator('[data-testid=campaign-link][data-state=finished]').first().click();
    await page.locator('[data-testid=lift-conversion-chart] svg').waitFor();
    await picture('campaign-result-narrow');

    // Signing out leads back to the door.
    await id('account').click();
    await id('sign-out').click();
    await id('sign-in').waitFor();
    expect(refusals === 2, `two refusals, and not ${refusals}`);
    return { pictures, complaints };
  } catch (error) {
    const file = join(folder, 'failed.png');
    await browser
      .contexts()[0]
      ?.pages()[0]
      ?.screenshot({ path: file })
      .catch(() => undefined);
    throw new Error(`${error.message}\nthe page then: ${file}\n${complaints.join('\n')}`, { cause: error });
  } finally {
    await browser.close();
  }
}
