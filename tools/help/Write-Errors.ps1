<#
.SYNOPSIS
Gives the text of docs/errors.md, made from what the built module says of its errors.
.DESCRIPTION
Update-Help.ps1 writes it into the file; tests/Pester/Errors.Tests.ps1 compares the two.
#>
$ErrorActionPreference = 'Stop'
$any = [Reflection.BindingFlags] 'Public, NonPublic, Static, Instance'
$cmdlets = (Get-Command Invoke-PandoraSync).ImplementingType.Assembly
$core = $cmdlets.GetType('PandoraSync.Cmdlets.Sync.SyncResult').GetMethod('GetException').ReturnType.Assembly
$kinds = $core.GetType('PandoraSync.Protocol.TentacleErrorKind')
$exception = $core.GetType('PandoraSync.Protocol.TentacleException')
$guide = $cmdlets.GetType('PandoraSync.Cmdlets.Base.ErrorGuide').GetMethod('Of', $any)
$reasons = $core.GetType('PandoraSync.Certificates.Trust.TrustRefusalReason')
$rules = $core.GetType('PandoraSync.Certificates.Trust.TrustRules').GetMethod('Of', $any)
function Format-Sentence($Text) { "$([char]::ToUpperInvariant($Text[0]))$($Text.Substring(1))." }
function Format-Cell($Text) { $Text.Replace('|', '\|').Replace('<', '&lt;') }

@'
# Errors

Made from the module by `tools/help/Update-Help.ps1`, and compared with it by a test: change the words in the code.

Every error of PandoraSync has an id (`Tentacle.` and its kind, then the cmdlet's type in `FullyQualifiedErrorId`), a category, a message that says what is wrong and where,
and a recommended action that says what to do: what fits the case at hand or, where nothing more is known, the cure below. Results that are written down, such as those of
`Invoke-PandoraSync` and `Test-TentacleServer`, have the same as `Error` (or `Detail`), `ErrorId` and `RecommendedAction`.

```powershell
Get-TentacleFile 10.142.50.10:9 -RetryCount 0 -ErrorAction SilentlyContinue
$Error[0].FullyQualifiedErrorId
$Error[0].ErrorDetails.RecommendedAction         # what to do
$Error[0].Exception.CanRetry                     # whether the same attempt can succeed later by itself
```

```text
Tentacle.Unreachable,PandoraSync.Cmdlets.Files.GetTentacleFileCmdlet
Check that a Tentacle server listens there.
True
```

| Id | Category | Cause | Cure | Can pass by itself |
|---|---|---|---|---|
'@
foreach ($kind in [Enum]::GetValues($kinds)) {
    $entry = $guide.Invoke($null, @($kind))
    $canRetry = $exception.GetConstructors($any)[0].Invoke(@($kind, '', $null)).CanRetry
    "| ``Tentacle.$kind`` | $($entry.Item1) | $(Format-Cell $entry.Item2) | $(Format-Cell $entry.Item3) | $(if ($canRetry) { 'yes' } else { 'no' }) |"
}
$entry = $guide.Invoke($null, @($null))
"| ``Tentacle.Unexpected`` | $($entry.Item1) | $(Format-Cell $entry.Item2) | $(Format-Cell $entry.Item3) | no |"
@'

## Why a certificate is not trusted

The message of `Tentacle.Trust` says which of these rules failed, and what was presented.

| Rule | Cause | Cure |
|---|---|---|
'@
foreach ($reason in [Enum]::GetValues($reasons)) {
    $entry = $rules.Invoke($null, @($reason))
    if ($entry.Item1) { "| ``$reason`` | $(Format-Cell (Format-Sentence $entry.Item1)) | $(Format-Cell (Format-Sentence $entry.Item2)) |" }
}
@'

## Errors of PowerShell itself

What PowerShell refuses before a cmdlet runs has PowerShell's own ids, such as `ParameterArgumentValidationError` for a port of 70000 and `ParameterArgumentTransformationError` for
a session that does not exist.
'@
