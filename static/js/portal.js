// What every page loads: htmx and the portal's own small scripts, each about one thing.
import { htmx } from './requests.js';
import './notices.js';
import './preferences.js';
import './search.js';
import './disclose.js';
import './submits.js';
import './drafts.js';
import './reveal.js';
import './figures.js';
import './doors.js';
import './sheet.js';
import './signature.js';

window.htmx = htmx;
