<#
.SYNOPSIS
Brings the pages in docs/en-US in step with the built cmdlets; words stay, and a new parameter waits for its words. Writes docs/errors.md.
.DESCRIPTION
Run it in PowerShell 7 after dotnet build, then look for "{{ Fill in" and read the difference.
#>
$ErrorActionPreference = 'Stop'
$root = [IO.Path]::GetFullPath([IO.Path]::Combine($PSScriptRoot, '..', '..'))
Import-Module ([IO.Path]::Combine($root, 'artifacts', 'module', 'PandoraSync'))
$commands = [IO.Path]::GetTempFileName()
try {
    & ([IO.Path]::Combine($PSScriptRoot, 'Read-Commands.ps1')) -Path $commands
    dotnet ([IO.Path]::Combine($root, 'artifacts', 'tools', 'help', 'PandoraSync.Help.dll')) --update ([IO.Path]::Combine($root, 'docs', 'en-US')) $commands
    if ($LASTEXITCODE -ne 0) { throw 'The pages were not written.' }
    $errors = & ([IO.Path]::Combine($PSScriptRoot, 'Write-Errors.ps1')) | Out-String -Width 4096
    [IO.File]::WriteAllText([IO.Path]::Combine($root, 'docs', 'errors.md'), $errors.Replace("`r", '').TrimEnd("`n") + "`n")
}
finally {
    [IO.File]::Delete($commands)
}
