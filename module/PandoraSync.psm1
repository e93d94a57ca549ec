# PowerShell 7.6 and later run on .NET 10. Everything older, Windows PowerShell 5.1 included, takes the netstandard2.0 assembly.
$asset = if ([Environment]::Version.Major -ge 10) { 'net10.0' } else { 'netstandard2.0' }
Import-Module -Name ([IO.Path]::Combine($PSScriptRoot, $asset, 'PandoraSync.Cmdlets.dll')) -ErrorAction Stop
