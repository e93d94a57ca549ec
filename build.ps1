<#
.SYNOPSIS
Calls dotnet for the usual tasks; everything here can be done without this script.
.DESCRIPTION
build   leaves the module in artifacts/module/PandoraSync (dotnet build)
test    runs every suite (dotnet test -m:1)
pack    writes artifacts/packages/PandoraSync.<version>.nupkg and PandoraSync.Dsc.<version>.nupkg, as a gallery or a folder repository takes them (PowerShell 7.6 or PSResourceGet 1.1)
install copies the module and its DSC resources into your own module folder, for the PowerShell that runs this script
Runs in PowerShell 7 and in Windows PowerShell 5.1.
.EXAMPLE
./build.ps1 test
.EXAMPLE
./build.ps1 install -Configuration Debug
#>
[CmdletBinding()]
param(
    [Parameter(Position = 0)]
    [ValidateSet('build', 'test', 'pack', 'install')]
    [string]$Task = 'build',

    [ValidateSet('Release', 'Debug')]
    [string]$Configuration = 'Release',

    # Takes artifacts/module as it is.
    [switch]$NoBuild
)
$ErrorActionPreference = 'Stop'
Set-StrictMode -Version 3
$module = [IO.Path]::Combine($PSScriptRoot, 'artifacts', 'module', 'PandoraSync')
$parts = $module, "$module.Dsc"

function Invoke-DotNet([string[]]$Arguments) {
    if (-not (Get-Command -Name dotnet -CommandType Application -ErrorAction Ignore)) {
        throw 'dotnet is not found: install the .NET 10 SDK (https://dotnet.microsoft.com/download) and open a new shell.'
    }
    & dotnet @Arguments
    if ($LASTEXITCODE -ne 0) { throw "dotnet $Arguments failed with exit code $LASTEXITCODE." }
}

function Get-ModuleFolder {
    if ([Environment]::OSVersion.Platform -ne 'Win32NT') {
        $data = if ($env:XDG_DATA_HOME) { $env:XDG_DATA_HOME } else { [IO.Path]::Combine($HOME, '.local', 'share') }
        return [IO.Path]::Combine($data, 'powershell', 'Modules')
    }
    $edition = if ($PSVersionTable.PSEdition -eq 'Core') { 'PowerShell' } else { 'WindowsPowerShell' }
    [IO.Path]::Combine([Environment]::GetFolderPath('MyDocuments'), $edition, 'Modules')
}

function Copy-Folder([string]$From, [string]$To) {
    [void][IO.Directory]::CreateDirectory($To)
    foreach ($file in [IO.Directory]::GetFiles($From)) { [IO.File]::Copy($file, [IO.Path]::Combine($To, [IO.Path]::GetFileName($file)), $true) }
    foreach ($folder in [IO.Directory]::GetDirectories($From)) { Copy-Folder -From $folder -To ([IO.Path]::Combine($To, [IO.Path]::GetFileName($folder))) }
}

if ($Task -eq 'test') {
    Invoke-DotNet -Arguments test, $PSScriptRoot, '-m:1', --configuration, $Configuration
    return
}

if (-not $NoBuild) { Invoke-DotNet -Arguments build, $PSScriptRoot, --configuration, $Configuration }
if ($Task -eq 'build') { return }

if ($Task -eq 'pack') {
    if (-not (Get-Command -Name Compress-PSResource -ErrorAction Ignore)) {
        throw 'Compress-PSResource is not found: run this in PowerShell 7.6, or install Microsoft.PowerShell.PSResourceGet 1.1 or later.'
    }
    $packages = [IO.Directory]::CreateDirectory([IO.Path]::Combine($PSScriptRoot, 'artifacts', 'packages')).FullName
    foreach ($old in [IO.Directory]::GetFiles($packages, 'PandoraSync.*')) { [IO.File]::Delete($old) }
    # A package is checked like an import: PandoraSync.Dsc must find PandoraSync.
    $env:PSModulePath = "$([IO.Path]::GetDirectoryName($module))$([IO.Path]::PathSeparator)$env:PSModulePath"
    foreach ($part in $parts) { (Compress-PSResource -Path $part -DestinationPath $packages -PassThru).FullName }
}
else {
    $version = (Test-ModuleManifest -Path ([IO.Path]::Combine($module, 'PandoraSync.psd1'))).Version
    foreach ($part in $parts) {
        $target = [IO.Path]::Combine((Get-ModuleFolder), [IO.Path]::GetFileName($part), "$version")
        if ([IO.Directory]::Exists($target)) { [IO.Directory]::Delete($target, $true) }
        Copy-Folder -From $part -To $target
        $target
    }
}
