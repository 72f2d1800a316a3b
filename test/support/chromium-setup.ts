// Finds (or installs) Chromium once for the whole browser project.
import type { TestProject } from 'vitest/node';
import { getChromium } from '../../start/chromium.ts';

export default function setup(project: TestProject): void {
  project.provide('chromium', getChromium());
}
