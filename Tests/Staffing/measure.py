"""How long offices of full size take, and what is proven: `measure.py PROGRAM [squads] [districts]`, one line for each; the seed makes the office."""
import json
import pathlib
import resource
import subprocess
import sys
import tempfile
import time

from offices import large


def measure(name, instance, program, *more):
    with tempfile.TemporaryDirectory() as folder:
        given, made = pathlib.Path(folder) / "instance.json", pathlib.Path(folder) / "plan.json"
        given.write_text(json.dumps(instance, ensure_ascii=False))
        before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        done = subprocess.run([program, "lab", "staffing", "--input", given, "--out", made, *more], capture_output=True, text=True)
        wall, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        plan = json.loads(made.read_text()).get("plan") if made.exists() else None
        if plan is None:
            print(f"{name}: no plan; {done.stdout}{done.stderr}")
            return
        limited = ", stopped by its clock" if plan["time_limited"] else ""
        print(f"{name}: {cpu:.1f} s of processor, {wall:.1f} s, objective {plan['objective']}, gap {plan['gap'] * 100:.2f} %{limited}", flush=True)


if __name__ == "__main__":
    program = sys.argv[1]
    squads, districts = (int(sys.argv[i]) if len(sys.argv) > i else usual for i, usual in ((2, 8), (3, 2)))
    more = sys.argv[4:]
    for seed in range(squads):
        measure(f"squad {seed}{' hard' if seed % 2 else ''}", large(seed, hard=seed % 2 == 1), program, *more)
    for seed in range(districts):
        measure(f"district {seed}{' hard' if seed % 2 else ''}", large(seed, 12, 300, 800, seed % 2 == 1), program, *more)
