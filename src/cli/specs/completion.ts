import { shells } from '../completion/shells.ts';
import type { CommandSpec } from '../spec.ts';

export const completionCommand: CommandSpec = {
  name: 'completion',
  aliases: [],
  group: 'More',
  summary: 'what a shell needs for TAB',
  description:
    "Print the script that makes TAB work for kubectl-vmsvc in a shell. For kubectl vmsvc no script is needed but kubectl's own (1.26 or later), and kubectl_complete-vmsvc on PATH, which is installed beside kubectl-vmsvc.\nNames and labels come from the cluster if it answers within 300 ms; KUBECTL_VMSVC_COMPLETION_TIMEOUT=2000 gives it two seconds.",
  examples: [
    ['For kubectl vmsvc: put the completion of kubectl itself into ~/.bashrc', 'source <(kubectl completion bash)'],
    ['For kubectl-vmsvc in bash: the same with this script', 'source <(kubectl-vmsvc completion bash)'],
    ['In zsh, below compinit in ~/.zshrc', 'source <(kubectl-vmsvc completion zsh)'],
    ['In fish', 'kubectl-vmsvc completion fish > ~/.config/fish/completions/kubectl-vmsvc.fish'],
    ['In PowerShell, in $PROFILE', 'kubectl-vmsvc completion powershell | Out-String | Invoke-Expression'],
  ],
  argument: shells.join('|'),
  completes: shells,
  options: [],
  run: async (input, io) => (await import('../commands/completion.ts')).completion(input, io),
};
