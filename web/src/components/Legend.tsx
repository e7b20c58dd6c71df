// Legend.tsx - what the colours of the map mean.
import type { Resort } from "../types";
import type { Step } from "../scales";
import type { Shows } from "../state";
import { CROWDS, DIFFICULTIES, WAITS, difficultyText, runLook } from "../scales";
import { say } from "../say";

function Steps({ title, steps, cased, dark }: { title: string; steps: Step[]; cased: boolean; dark: boolean }) {
  return (
    <div class="legend">
      <h3>{say(title)}</h3>
      <ul>
        {steps.map((step) => (
          <li key={step.label}>
            <svg width="30" height="16" aria-hidden="true">
              {cased && <path class="case" d="M1 8H29" stroke-width={step.width + 2} />}
              <path d="M1 8H29" stroke={dark ? step.dark : step.colour} stroke-width={step.width} />
            </svg>
            {say(step.label)}
          </li>
        ))}
      </ul>
    </div>
  );
}

function Difficulties({ resort, dark }: { resort: Resort; dark: boolean }) {
  const used = DIFFICULTIES.filter((d) => resort.runs.some((run) => run.difficulty === d));
  return (
    <div class="legend">
      <h3>{say("Runs: difficulty")}</h3>
      <ul>
        {used.map((d) => {
          const look = runLook(resort.convention, d);
          return (
            <li key={d}>
              <svg width="40" height="16" aria-hidden="true">
                <path d="M1 8H39" stroke={dark ? look.dark : look.colour} stroke-width={look.width} stroke-dasharray={look.dash.map((x) => x * look.width).join(" ") || undefined} />
                {look.twin && <path class="twin" d="M1 8H39" />}
              </svg>
              {difficultyText(resort.convention, d)}
            </li>
          );
        })}
      </ul>
    </div>
  );
}

export function Legend({ resort, withDay, shows, dark }: { resort: Resort; withDay: boolean; shows: Shows; dark: boolean }) {
  return (
    <div class="legends">
      {withDay && shows !== "density" && <Steps title="Lifts: mean wait" steps={WAITS} cased dark={dark} />}
      {shows === "difficulty" && <Difficulties resort={resort} dark={dark} />}
      {(shows === "both" || shows === "density") && <Steps title="Runs: people per hectare, as a share of the standard for the difficulty" steps={CROWDS} cased={false} dark={dark} />}
    </div>
  );
}
