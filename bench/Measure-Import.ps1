<#
.SYNOPSIS
Measures what Import-Module costs against the shell's own start, in this PowerShell: medians of runs that take turns.
.EXAMPLE
./bench/Measure-Import.ps1 -Count 10
#>
[CmdletBinding()]
param(
    [ValidateRange(1, 1000)]
    [int]$Count = 10,

    # The module as it was built with: dotnet build -c Release src/PandoraSync.Cmdlets
    [string]$Module = [IO.Path]::Combine($PSScriptRoot, '..', 'artifacts', 'module', 'PandoraSync', 'PandoraSync.psd1')
)
$ErrorActionPreference = 'Stop'
$program, $first = [Diagnostics.Process]::GetCurrentProcess().MainModule.FileName, @()
if ([IO.Path]::GetFileNameWithoutExtension($program) -eq 'dotnet') { $first = @([Environment]::GetCommandLineArgs()[0]) }
$commands = [ordered] @{ Start = 'exit'; Import = "Import-Module '$([IO.Path]::GetFullPath($Module))'" }
$times = @{ Start = @(); Import = @() }

# The first round warms up and does not count.
foreach ($round in 0..$Count) {
    foreach ($name in $commands.Keys) {
        $watch = [Diagnostics.Stopwatch]::StartNew()
        & $program @first -NoProfile -Command $commands[$name]
        if ($LASTEXITCODE -ne 0) { throw "'$($commands[$name])' failed with exit code $LASTEXITCODE." }
        if ($round -gt 0) { $times[$name] += $watch.Elapsed.TotalMilliseconds }
    }
}

function Get-Median([double[]]$Values) {
    $sorted = @($Values | Sort-Object)
    ($sorted[[Math]::Floor(($sorted.Count - 1) / 2)] + $sorted[[Math]::Floor($sorted.Count / 2)]) / 2
}

$start, $import = (Get-Median $times.Start), (Get-Median $times.Import)
[pscustomobject] @{ StartMs = [Math]::Round($start); ImportMs = [Math]::Round($import - $start); Ratio = [Math]::Round(($import - $start) / $start, 3); Runs = $Count }
