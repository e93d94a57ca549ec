BeforeAll {
    $folder = [IO.Path]::GetFullPath([IO.Path]::Combine($PSScriptRoot, '..', '..', 'artifacts', 'module', 'PandoraSync'))
    $manifestPath = [IO.Path]::Combine($folder, 'PandoraSync.psd1')
    Import-Module -Name $manifestPath -Force
    $manifest = Test-ModuleManifest -Path $manifestPath
}

Describe 'The module PandoraSync' {
    It 'has a manifest that PowerShell accepts' {
        $manifest.Name | Should -Be 'PandoraSync'
        $manifest.PowerShellVersion | Should -Be ([version]'5.1')
    }

    It 'exports exactly the cmdlets that its manifest names' {
        $loaded = (Get-Command -Module PandoraSync).Name
        $loaded | Should -HaveCount $manifest.ExportedCmdlets.Count
        $loaded | Should -HaveCount $manifest.ExportedCommands.Count
        foreach ($name in $manifest.ExportedCmdlets.Keys) {
            $loaded | Should -Contain $name
        }
    }

    It 'exports them again when it is loaded again' {
        Import-Module -Name $manifestPath -Force
        @(Get-Command -Module PandoraSync) | Should -HaveCount $manifest.ExportedCmdlets.Count
    }

    It 'lists the cmdlets in the order of the alphabet, for those who keep the list' {
        $names = [string[]](Get-Command -Module PandoraSync).Name
        [array]::Sort($names, [StringComparer]::OrdinalIgnoreCase)
        $text = [IO.File]::ReadAllText($manifestPath)
        $last = -1
        foreach ($name in $names) {
            $text.IndexOf("'$name'") | Should -BeGreaterThan $last
            $last = $text.IndexOf("'$name'")
        }
    }

    It 'has the assemblies for <_>, and no other file' -ForEach 'net10.0', 'netstandard2.0' {
        $files = [IO.Directory]::GetFiles([IO.Path]::Combine($folder, $_)) | ForEach-Object { [IO.Path]::GetFileName($_) }
        $files | Should -HaveCount 3
        foreach ($name in 'BouncyCastle.Cryptography.dll', 'PandoraSync.Cmdlets.dll', 'PandoraSync.Core.dll') {
            $files | Should -Contain $name
        }
    }

    It 'runs the assembly for this version of .NET' {
        $asset = if ([Environment]::Version.Major -ge 10) { 'net10.0' } else { 'netstandard2.0' }
        $cmdlet = Get-Command -Name Invoke-PandoraSync
        $cmdlet.ImplementingType.Assembly.Location | Should -Be ([IO.Path]::Combine($folder, $asset, 'PandoraSync.Cmdlets.dll'))
    }
}
