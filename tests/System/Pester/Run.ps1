# Runs files (or, with -List, only reads the files in a folder) with one version of Pester, and writes as JSON what came of it.
param(
    [Parameter(Mandatory)] [string]$Pester,
    [Parameter(Mandatory)] [string]$Path,
    [Parameter(Mandatory)] [string]$Report,
    [switch]$List
)
$ErrorActionPreference = 'Stop'
Import-Module -Name $Pester

# Pester itself fills <names> in only while it runs, and a list and a run must call a test the same.
function Get-FullName($Test) {
    $chain = [Collections.Generic.List[object]]::new()
    for ($item = $Test; -not $item.IsRoot; $item = if ($item -eq $Test) { $Test.Block } else { $item.Parent }) { $chain.Insert(0, $item) }
    $values = @{}
    $names = foreach ($item in $chain) {
        if ($null -ne $item.Data) { $values['_'] = $item.Data }
        if ($item.Data -is [Collections.IDictionary]) { foreach ($key in $item.Data.Keys) { $values[$key] = $item.Data[$key] } }
        [regex]::Replace($item.Name, '<(\w+)>', { param($match) $key = $match.Groups[1].Value; if ($values.ContainsKey($key)) { "$($values[$key])" } else { $match.Value } })
    }
    $names -join ' > '
}

function Get-Failure($Item) {
    @(foreach ($record in $Item.ErrorRecord) { if ($record.DisplayErrorMessage) { $record.DisplayErrorMessage; $record.DisplayStackTrace } else { "$record"; $record.ScriptStackTrace } }) -join "`n"
}

$run = Invoke-Pester -Configuration @{ Run = @{ Path = $Path.Split([IO.Path]::PathSeparator); PassThru = $true; SkipRun = [bool]$List }; Output = @{ Verbosity = 'None' } }
$result = [ordered]@{
    Version = "$($run.Version)"
    Errors  = @(foreach ($failed in @($run.FailedContainers) + @($run.FailedBlocks)) {
            [ordered]@{ File = [IO.Path]::GetFileName("$(if ($failed.Item) { $failed.Item } else { $failed.ScriptBlock.File })"); Text = "$($failed): $(Get-Failure $failed)" }
        })
    Tests   = @(foreach ($test in $run.Tests) {
            [ordered]@{ File = [IO.Path]::GetFileName($test.ScriptBlock.File); Name = Get-FullName $test; Result = $test.Result; Failure = Get-Failure $test }
        })
}
[IO.File]::WriteAllText($Report, (ConvertTo-Json $result -Depth 4))
