BeforeAll {
    $root = [IO.Path]::GetFullPath([IO.Path]::Combine($PSScriptRoot, '..', '..'))
    # This shell once more; as a .NET tool it is started as "dotnet pwsh.dll".
    $program, $first = [Diagnostics.Process]::GetCurrentProcess().MainModule.FileName, @()
    if ([IO.Path]::GetFileNameWithoutExtension($program) -eq 'dotnet') { $first = @([Environment]::GetCommandLineArgs()[0]) }

    # A new session of somebody who has nothing yet: no modules, no repositories.
    $place = [IO.Path]::Combine([string] $TestDrive, 'home')
    $data = [IO.Directory]::CreateDirectory([IO.Path]::Combine($place, '.local', 'share')).FullName
    function Invoke-NewSession($Text) {
        $script = "`$ErrorActionPreference = 'Stop'; `$ProgressPreference = 'SilentlyContinue'; `$place = '$place'; `$packages = '$([IO.Path]::GetDirectoryName($package))'`n$Text"
        $before = @{}
        foreach ($name in 'HOME', 'XDG_DATA_HOME', 'XDG_CONFIG_HOME', 'XDG_CACHE_HOME', 'PSModulePath') { $before[$name] = [Environment]::GetEnvironmentVariable($name) }
        try {
            foreach ($name in 'HOME', 'XDG_CONFIG_HOME', 'XDG_CACHE_HOME') { [Environment]::SetEnvironmentVariable($name, $place) }
            [Environment]::SetEnvironmentVariable('XDG_DATA_HOME', $data)
            [Environment]::SetEnvironmentVariable('PSModulePath', $null)
            & $program @first -NoProfile -NonInteractive -EncodedCommand ([Convert]::ToBase64String([Text.Encoding]::Unicode.GetBytes($script))) 2>&1 | ForEach-Object { "$_" }
        }
        finally {
            foreach ($name in $before.Keys) { [Environment]::SetEnvironmentVariable($name, $before[$name]) }
        }
    }

    $package, $dscPackage = & ([IO.Path]::Combine($root, 'build.ps1')) pack -NoBuild
    Add-Type -AssemblyName System.IO.Compression.FileSystem
    $archive = [IO.Compression.ZipFile]::OpenRead($package)
    function Read-Entry($Name) {
        $entry = $archive.GetEntry($Name)
        $entry | Should -Not -BeNullOrEmpty -Because "the package has $Name"
        $reader = [IO.StreamReader]::new($entry.Open())
        try { $reader.ReadToEnd() } finally { $reader.Dispose() }
    }
}

AfterAll { $archive.Dispose() }

Describe 'The package' {
    It 'has our licence' {
        Read-Entry 'LICENSE' | Should -Be ([IO.File]::ReadAllText([IO.Path]::Combine($root, 'LICENSE')))
    }

    It 'has the notice of BouncyCastle, in the version that is inside' {
        $notices = Read-Entry 'THIRD-PARTY-NOTICES.txt'
        $notices | Should -Match 'Copyright \(c\) 2000-\d{4} The Legion of the Bouncy Castle Inc\.'
        $notices | Should -Match 'Permission is hereby granted, free of charge'
        $library = [IO.Path]::Combine($root, 'artifacts', 'module', 'PandoraSync', 'net10.0', 'PandoraSync.BouncyCastle.dll')
        $notices | Should -Match ([regex]::Escape("BouncyCastle.Cryptography $([Diagnostics.FileVersionInfo]::GetVersionInfo($library).FileVersion -replace '^(\d+\.\d+\.\d+).*', '$1')"))
    }

    It 'has what the module needs and no other file' {
        $archive.Entries.FullName | Where-Object { $_ -notmatch '^(_rels|package)/|^\[Content_Types\]\.xml$' } | Sort-Object | Should -Be (@(
            'en-US/about_PandoraSync.help.txt'
            'en-US/about_PandoraSync_Automation.help.txt'
            'en-US/about_PandoraSync_Security.help.txt'
            'en-US/about_Tentacle_Protocol.help.txt'
            'en-US/PandoraSync.Cmdlets.dll-Help.xml'
            'LICENSE'
            'net10.0/PandoraSync.BouncyCastle.dll'
            'net10.0/PandoraSync.Core.dll'
            'netstandard2.0/PandoraSync.BouncyCastle.dll'
            'netstandard2.0/PandoraSync.Core.dll'
            'PandoraSync.Cmdlets.dll'
            'PandoraSync.Format.ps1xml'
            'PandoraSync.nuspec'
            'PandoraSync.psd1'
            'THIRD-PARTY-NOTICES.txt') | Sort-Object)
    }

    It 'says what a gallery asks for' {
        $said = ([xml] (Read-Entry 'PandoraSync.nuspec')).package.metadata
        $said.id | Should -Be 'PandoraSync'
        $said.version | Should -Be (Test-ModuleManifest ([IO.Path]::Combine($root, 'module', 'PandoraSync.psd1')) -ErrorAction SilentlyContinue).Version.ToString()
        $said.licenseUrl | Should -Match '^https://'
        $said.releaseNotes | Should -Not -BeNullOrEmpty
        foreach ($tag in 'PSModule', 'PSEdition_Core', 'PSEdition_Desktop') { $said.tags -split ' ' | Should -Contain $tag }
    }

    It 'is installed from a folder repository into an empty place, imported in a new shell, and drains' {
        $said = Invoke-NewSession @'
            Register-PSResourceRepository -Name folder -Uri $packages -Trusted
            Install-PSResource PandoraSync -Repository folder
            Get-InstalledPSResource PandoraSync | ForEach-Object { "installed: $($_.Name) $($_.Version)" }
'@
        $said | Should -Contain "installed: PandoraSync $([IO.Path]::GetFileNameWithoutExtension($package) -replace '^PandoraSync\.')"
        $said = Invoke-NewSession @'
            Import-Module PandoraSync
            "imported: $((Get-Module PandoraSync).ModuleBase.StartsWith($place))"
            $buffer, $incoming = 'buffer', 'incoming' | ForEach-Object { [IO.Directory]::CreateDirectory("$place/$_").FullName }
            [IO.File]::WriteAllText("$buffer/agent.1760000000.data", 'measured')
            $server = Start-TentacleServer $buffer -Address 127.0.0.1 -Port 0
            $result = Invoke-PandoraSync "127.0.0.1:$($server.Port)" -Destination $incoming
            Stop-TentacleServer $server
            "drained: $($result.Files) $([IO.File]::ReadAllText("$incoming/agent.1760000000.data"))"
'@
        $said | Should -Be 'imported: True', 'drained: 1 measured'
    }
}
