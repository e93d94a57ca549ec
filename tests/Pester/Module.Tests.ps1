BeforeAll {
    $module = [IO.Path]::Combine($PSScriptRoot, '..', '..', 'artifacts', 'module', 'PandoraSync')
    Import-Module $module
}

Describe 'The module' {
    It 'has a manifest that passes' {
        (Test-ModuleManifest ([IO.Path]::Combine($module, 'PandoraSync.psd1'))).Name | Should -Be 'PandoraSync'
    }

    It 'has exactly the cmdlets of its manifest' {
        $listed = (Test-ModuleManifest ([IO.Path]::Combine($module, 'PandoraSync.psd1'))).ExportedCmdlets.Keys
        $there = Get-Command -Module PandoraSync | ForEach-Object { $_.Name }
        ($there | ForEach-Object { $_ }).Count | Should -Be $listed.Count
        foreach ($name in $listed) { $there | Should -Contain $name }
    }

    It 'has the assemblies that it needs and no others in <asset>' -ForEach @(@{ asset = 'net10.0' }, @{ asset = 'netstandard2.0' }) {
        $names = [IO.Directory]::GetFiles([IO.Path]::Combine($module, $asset), '*.dll') | ForEach-Object { [IO.Path]::GetFileName($_) }
        $names | Should -HaveCount 3
        foreach ($name in 'BouncyCastle.Cryptography.dll', 'PandoraSync.Core.dll', 'PandoraSync.Cmdlets.dll') { $names | Should -Contain $name }
    }

    It 'uses approved verbs and says what it gives' {
        foreach ($command in Get-Command -Module PandoraSync) {
            $command.Verb | Should -BeIn 'Get', 'Invoke', 'New', 'Receive', 'Remove', 'Send', 'Start', 'Stop', 'Test'
            if ($command.Verb -notin 'Remove', 'Stop') { $command.OutputType | Should -Not -BeNullOrEmpty -Because "$($command.Name) gives something" }
        }
    }

    It 'asks before it changes anything: <name>' -ForEach @(
        @{ name = 'Send-TentacleFile' }, @{ name = 'Remove-TentacleFile' }, @{ name = 'Receive-TentacleBuffer' }, @{ name = 'Invoke-PandoraSync' }
        @{ name = 'Start-TentacleServer' }, @{ name = 'Stop-TentacleServer' }, @{ name = 'Remove-TentacleSession' }) {
        (Get-Command $name).Parameters.Keys | Should -Contain 'WhatIf'
    }
}
