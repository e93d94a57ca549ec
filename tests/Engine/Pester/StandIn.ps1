# A small stand-in for Pester 5 and 6: the part of it that tests/Pester uses, with its two phases (discovery, then run) and its
# scopes. Whatever is outside of that part is an error here, so that a file that passes here is understood by the real one.

$global:StandIn = @{ Block = $null; Results = [System.Collections.Generic.List[object]]::new(); TestDrive = '' }

function New-StandInBlock($Name, $Parent) {
    @{ Kind = 'Block'; Name = $Name; Parent = $Parent; Children = [System.Collections.Generic.List[object]]::new()
       BeforeAll = @(); AfterAll = @(); BeforeEach = @(); AfterEach = @() }
}

function Describe {
    [CmdletBinding()]
    param([Parameter(Mandatory, Position = 0)][string] $Name, [Parameter(Mandatory, Position = 1)][scriptblock] $Fixture)
    $parent = $global:StandIn.Block
    if (-not $parent) { throw "Describe '$Name' stands inside an It." }
    $block = New-StandInBlock $Name $parent
    $parent.Children.Add($block)
    $global:StandIn.Block = $block
    try { $null = & $Fixture } finally { $global:StandIn.Block = $parent }
}

function Context {
    [CmdletBinding()]
    param([Parameter(Mandatory, Position = 0)][string] $Name, [Parameter(Mandatory, Position = 1)][scriptblock] $Fixture)
    if (-not $global:StandIn.Block.Parent) { throw "Context '$Name' stands outside of a Describe." }
    Describe $Name $Fixture
}

function It {
    [CmdletBinding()]
    param(
        [Parameter(Mandatory, Position = 0)][string] $Name,
        [Parameter(Mandatory, Position = 1)][scriptblock] $Test,
        [Alias('TestCases')][object[]] $ForEach)
    $block = $global:StandIn.Block
    if (-not $block -or -not $block.Parent) { throw "It '$Name' stands outside of a Describe." }
    if (-not $PSBoundParameters.ContainsKey('ForEach')) {
        $block.Children.Add(@{ Kind = 'It'; Name = $Name; Block = $block; Test = $Test; Data = @{} })
        return
    }
    if ($ForEach.Count -eq 0) { throw "It '$Name' has no test cases." }
    foreach ($case in $ForEach) {
        $data = if ($case -is [System.Collections.IDictionary]) { $case } else { @{ _ = $case } }
        $title = $Name
        foreach ($key in $data.Keys) { $title = $title.Replace("<$key>", "$($data[$key])") }
        $block.Children.Add(@{ Kind = 'It'; Name = $title; Block = $block; Test = $Test; Data = $data })
    }
}

function Add-StandInStep($Kind, $Step) {
    if (-not $global:StandIn.Block) { throw "$Kind stands inside an It." }
    $global:StandIn.Block[$Kind] += $Step
}

function BeforeAll { [CmdletBinding()] param([Parameter(Mandatory, Position = 0)][scriptblock] $Scriptblock) Add-StandInStep BeforeAll $Scriptblock }
function AfterAll { [CmdletBinding()] param([Parameter(Mandatory, Position = 0)][scriptblock] $Scriptblock) Add-StandInStep AfterAll $Scriptblock }
function BeforeEach { [CmdletBinding()] param([Parameter(Mandatory, Position = 0)][scriptblock] $Scriptblock) Add-StandInStep BeforeEach $Scriptblock }
function AfterEach { [CmdletBinding()] param([Parameter(Mandatory, Position = 0)][scriptblock] $Scriptblock) Add-StandInStep AfterEach $Scriptblock }

function Format-StandInValue($Value) {
    if ($null -eq $Value) { return '$null' }
    if ($Value -is [array]) { return '@(' + (($Value | ForEach-Object { Format-StandInValue $_ }) -join ', ') + ')' }
    if ($Value -is [string]) { return "'$Value'" }
    "$Value"
}

function Test-StandInEqual($Actual, $Expected, [bool] $CaseSensitive) {
    if ($Expected -is [array] -or $Actual -is [array]) {
        $a = @($Actual); $e = @($Expected)
        if ($a.Count -ne $e.Count) { return $false }
        for ($i = 0; $i -lt $a.Count; $i++) { if (-not (Test-StandInEqual $a[$i] $e[$i] $CaseSensitive)) { return $false } }
        return $true
    }
    if ($CaseSensitive) { $Expected -ceq $Actual } else { $Expected -eq $Actual }
}

function Should {
    [CmdletBinding()]
    param(
        [Parameter(Position = 0)] $ExpectedValue,
        [Parameter(ValueFromPipeline)] $ActualValue,
        [switch] $Not, [string] $Because,
        [switch] $Be, [switch] $BeExactly, [switch] $BeNullOrEmpty, [switch] $BeTrue, [switch] $BeFalse, [switch] $BeOfType,
        [switch] $HaveCount, [switch] $Match, [switch] $BeLike, [switch] $Contain, [switch] $BeIn, [switch] $BeGreaterThan,
        [switch] $BeLessThan, [switch] $BeGreaterOrEqual, [switch] $BeLessOrEqual, [switch] $Exist,
        [switch] $Throw, [string] $ExpectedMessage)
    begin { $items = [System.Collections.Generic.List[object]]::new() }
    process { if ($MyInvocation.ExpectingInput) { $items.Add($ActualValue) } else { foreach ($one in $ActualValue) { $items.Add($one) } } }
    end {
        $operators = @('Be', 'BeExactly', 'BeNullOrEmpty', 'BeTrue', 'BeFalse', 'BeOfType', 'HaveCount', 'Match', 'BeLike', 'Contain', 'BeIn',
            'BeGreaterThan', 'BeLessThan', 'BeGreaterOrEqual', 'BeLessOrEqual', 'Exist', 'Throw' | Where-Object { $PSBoundParameters.ContainsKey($_) })
        if ($operators.Count -ne 1) { throw "Should needs one operator, not $($operators.Count)." }
        $operator = $operators[0]
        $actual = if ($items.Count -eq 0) { $null } elseif ($items.Count -eq 1) { $items[0] } else { $items.ToArray() }
        $seen = Format-StandInValue $actual
        $holds = switch ($operator) {
            'Be' { Test-StandInEqual $actual $ExpectedValue $false }
            'BeExactly' { Test-StandInEqual $actual $ExpectedValue $true }
            'BeNullOrEmpty' { $null -eq $actual -or ($actual -is [string] -and $actual -eq '') -or ($actual -is [System.Collections.ICollection] -and $actual.Count -eq 0) }
            'BeTrue' { [bool] $actual }
            'BeFalse' { -not $actual }
            'BeOfType' { $actual -is $ExpectedValue }
            'HaveCount' { $seen = "$($items.Count) items"; $items.Count -eq $ExpectedValue }
            'Match' { $actual -match $ExpectedValue }
            'BeLike' { $actual -like $ExpectedValue }
            'Contain' { $items -contains $ExpectedValue }
            'BeIn' { $ExpectedValue -contains $actual }
            'BeGreaterThan' { $actual -gt $ExpectedValue }
            'BeLessThan' { $actual -lt $ExpectedValue }
            'BeGreaterOrEqual' { $actual -ge $ExpectedValue }
            'BeLessOrEqual' { $actual -le $ExpectedValue }
            'Exist' { [IO.File]::Exists($actual) -or [IO.Directory]::Exists($actual) }
            'Throw' {
                if ($actual -isnot [scriptblock]) { throw 'Should -Throw needs a script block.' }
                $pattern = if ($ExpectedMessage) { $ExpectedMessage } else { $ExpectedValue }
                $seen = 'no error'
                try { $null = & $actual; $false } catch { $seen = "'$($_.Exception.Message)'"; -not $pattern -or $_.Exception.Message -like $pattern }
            }
        }
        if ([bool] $holds -eq [bool] $Not) {
            $what = if ($operator -eq 'Throw') { if ($ExpectedMessage) { "'$ExpectedMessage'" } else { Format-StandInValue $ExpectedValue } } else { Format-StandInValue $ExpectedValue }
            throw "Should $(if ($Not) { '-Not ' })-$operator $what, but it was $seen$(if ($Because) { ", because $Because" })."
        }
    }
}

$global:StandInRunIt = {
    param($__it)
    $__chain = @(); for ($__b = $__it.Block; $__b; $__b = $__b.Parent) { $__chain = @($__b) + $__chain }
    foreach ($__key in $__it.Data.Keys) { Microsoft.PowerShell.Core\ForEach-Object { $ExecutionContext.SessionState.PSVariable.Set($__key, $__it.Data[$__key]) } }
    foreach ($__b in $__chain) { foreach ($__step in $__b.BeforeEach) { . $__step } }
    try { . $__it.Test }
    finally {
        [array]::Reverse($__chain)
        foreach ($__b in $__chain) { foreach ($__step in $__b.AfterEach) { . $__step } }
    }
}

function Get-StandInName($It) {
    $names = @($It.Name); for ($b = $It.Block; $b -and $b.Parent; $b = $b.Parent) { $names = @($b.Name) + $names }
    $names -join ' > '
}

function Add-StandInResult($It, $ErrorRecord) {
    $line = if ($ErrorRecord.ScriptStackTrace -match '\.Tests\.ps1: line (\d+)') { " (line $($Matches[1]))" }
    $text = if ($ErrorRecord) { "$($ErrorRecord.Exception.Message)$line" }
    $global:StandIn.Results.Add([pscustomobject] @{ Name = Get-StandInName $It; Error = $text })
}

function Add-StandInFailures($Block, $ErrorRecord) {
    foreach ($child in $Block.Children) { if ($child.Kind -eq 'It') { Add-StandInResult $child $ErrorRecord } else { Add-StandInFailures $child $ErrorRecord } }
}

$global:StandInRunBlock = {
    param($__block)
    try { foreach ($__step in $__block.BeforeAll) { . $__step } }
    catch { Add-StandInFailures $__block $_; return }
    foreach ($__child in $__block.Children) {
        if ($__child.Kind -eq 'Block') { & $global:StandInRunBlock $__child; continue }
        try { $null = & $global:StandInRunIt $__child; Add-StandInResult $__child $null } catch { Add-StandInResult $__child $_ }
    }
    foreach ($__step in $__block.AfterAll) { . $__step }
}

function Invoke-StandIn {
    param([string] $Path, [string] $Drive)
    $global:TestDrive = $Drive
    $root = New-StandInBlock '' $null
    $global:StandIn.Block = $root
    $null = & $Path
    $global:StandIn.Block = $null
    $null = & $global:StandInRunBlock $root
    if ($global:StandIn.Results.Count -eq 0) { throw "'$Path' has no It." }
    $global:StandIn.Results
}
