"""The YAML of the pages: configurations, grant documents, cases and rotation plans, as the programs read them."""

import pathlib
import re
import shutil
import subprocess

import pages
import world as worlds

SECTION = re.compile(r"^([A-Za-z_]+):", re.MULTILINE)
ACCOUNTS = {"useradd": r"\b(?:user|owner|login_user): ([a-z][a-z-]*)", "groupadd": r"\b(?:group|admin_group): ([a-z][a-z-]*)"}
PROFILE = re.compile(r"\bprofile: ([A-Za-z0-9._-]+)")


class Documents:
    """Checks documents on a machine that has the users, the programs and the policies that they name, and no configuration."""

    def __init__(self, examples: pathlib.Path):
        self.folder = worlds.BASE / "documents"
        # Blocks name them, and stand beside them.
        shutil.copytree(examples, self.folder)

    def check(self, block: pages.Block) -> str | None:
        """What is wrong with a block; `None`: nothing."""
        sections = set(SECTION.findall(block.text))
        for program, pattern in ACCOUNTS.items():
            for name in set(re.findall(pattern, block.text)):
                subprocess.run([program, name], capture_output=True, check=False)
        if "cases" in sections:
            return self.run("policy", "test", self.write("block.test.yaml", block.text))
        if sections & {"grants", "denials"}:
            return self.run("policy", "check", self.write("block.yaml", block.text))
        if "target" in sections:
            return self.run("check", "--config", self.write("config.yaml", self.configuration(block.text, plan=True)))
        return self.run("check", "--config", self.write("config.yaml", self.configuration(block.text, plan=False)))

    def configuration(self, text: str, plan: bool) -> str:
        """A configuration of the text, or with the plan in it, and with what is required and not there."""
        empty, plans = self.folder / "empty", self.folder / "plans"
        empty.mkdir(exist_ok=True)
        names = set(PROFILE.findall(text)) | {"reports"}
        profiles = "".join(f"  {name}: {{ id: {worlds.REPORTS} }}\n" for name in sorted(names))
        if plan:
            shutil.rmtree(plans, ignore_errors=True)
            plans.mkdir()
            name = re.search(r"^name: ([A-Za-z0-9._-]+)", text, re.MULTILINE)
            (plans / f"{name[1] if name else 'plan'}.yaml").write_text(text, encoding="utf-8")
            text = f"rotation: {plans}\n"
        for file in re.findall(r"\bca_file: (\S+)", text):
            pathlib.Path(file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(worlds.BASE / "tls.pem", file)
        text = re.sub(r"^policies: .*$", "", text, flags=re.MULTILINE)
        if not re.search(r"^profiles:", text, re.MULTILINE):
            text += f"\nprofiles:\n{profiles}"
        if re.search(r"^credentials:", text, re.MULTILINE) and not re.search(r"^listen:", text, re.MULTILINE):
            text += "\nlisten: { credentials: /run/iam-broker/credentials.sock }"
        return f"{text}\npolicies: {empty}\n"

    def write(self, name: str, text: str) -> str:
        file = self.folder / name
        file.write_text(text + "\n", encoding="utf-8")
        return str(file)

    @staticmethod
    def run(*arguments: str) -> str | None:
        done = subprocess.run(["iam-broker", *arguments], capture_output=True, text=True, check=False, timeout=60)
        # What looks wrong on this machine is a warning.
        if done.returncode in (0, 1) and "error" not in done.stdout.splitlines()[-1]:
            return None
        said = " ⏎ ".join((done.stdout + done.stderr).strip().splitlines())
        return f"{done.returncode}, expected exit code 0: iam-broker {arguments[0]}: {said}"
