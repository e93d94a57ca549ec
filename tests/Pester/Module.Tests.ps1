BeforeAll {
    . ([IO.Path]::Combine($PSScriptRoot, 'Common.ps1'))
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

    It 'has the assemblies that it needs and no other file in <asset>' -ForEach @(@{ asset = 'net10.0' }, @{ asset = 'netstandard2.0' }) {
        $names = [IO.Directory]::GetFiles([IO.Path]::Combine($module, $asset)) | ForEach-Object { [IO.Path]::GetFileName($_) }
        $names | Sort-Object | Should -Be 'PandoraSync.BouncyCastle.dll', 'PandoraSync.Core.dll'
    }

    It 'runs the assembly for this version of .NET' {
        $asset = if ([Environment]::Version.Major -ge 10) { 'net10.0' } else { 'netstandard2.0' }
        (Get-Command New-TentacleCertificate).Parameters['KeyAlgorithm'].ParameterType.Assembly.Location | Should -Be ([IO.Path]::GetFullPath([IO.Path]::Combine($module, $asset, 'PandoraSync.Core.dll')))
    }

    It 'finds in that assembly all that its cmdlets call' {
        $any = [Reflection.BindingFlags] 'Public, NonPublic, Instance, Static, DeclaredOnly'
        $missing = foreach ($type in (Get-Command Invoke-PandoraSync).ImplementingType.Assembly.GetTypes() | Where-Object { -not $_.ContainsGenericParameters }) {
            foreach ($method in @($type.GetMethods($any)) + @($type.GetConstructors($any)) | Where-Object { -not $_.IsAbstract -and -not $_.ContainsGenericParameters }) {
                try { [Runtime.CompilerServices.RuntimeHelpers]::PrepareMethod($method.MethodHandle) } catch { "$($type.FullName).$($method.Name): $($_.Exception.InnerException.Message)" }
            }
        }
        $missing | Should -BeNullOrEmpty
    }

    It 'has all its cmdlets again when it is loaded again' {
        $before = @(Get-Command -Module PandoraSync).Count
        Import-Module $module -Force
        @(Get-Command -Module PandoraSync) | Should -HaveCount $before
    }

    It 'uses approved verbs and says what it gives' {
        foreach ($command in Get-Command -Module PandoraSync) {
            $command.Verb | Should -BeIn 'Export', 'Get', 'Invoke', 'New', 'Receive', 'Register', 'Remove', 'Send', 'Start', 'Stop', 'Sync', 'Test', 'Unregister'
            if ($command.Verb -notin 'Remove', 'Stop', 'Unregister') { $command.OutputType | Should -Not -BeNullOrEmpty -Because "$($command.Name) gives something" }
        }
    }

    It 'asks before it changes anything: <name>' -ForEach @(
        @{ name = 'Send-TentacleFile' }, @{ name = 'Remove-TentacleFile' }, @{ name = 'Receive-TentacleBuffer' }, @{ name = 'Invoke-PandoraSync' }
        @{ name = 'Start-TentacleServer' }, @{ name = 'Stop-TentacleServer' }, @{ name = 'Remove-TentacleSession' }
        @{ name = 'Sync-TentacleConfiguration' }, @{ name = 'Register-PandoraSyncService' }, @{ name = 'Unregister-PandoraSyncService' }) {
        (Get-Command $name).Parameters.Keys | Should -Contain 'WhatIf'
    }
}

Describe 'The repository' {
    It 'has names of files that Windows takes, so that it can be cloned there' {
        $root = [IO.Path]::GetFullPath([IO.Path]::Combine($PSScriptRoot, '..', '..'))
        $folders = @([IO.Directory]::GetDirectories($root) | Where-Object { [IO.Path]::GetFileName($_) -notin '.git', 'artifacts' })
        $paths = @([IO.Directory]::GetFiles($root)) + @($folders | ForEach-Object { [IO.Directory]::GetFiles($_, '*', [IO.SearchOption]::AllDirectories) })
        $paths | Where-Object { $_.Substring($root.Length).Replace([IO.Path]::DirectorySeparatorChar, [char] '/') -match '[<>:"|?*\\]|[ .](/|$)' } | Should -BeNullOrEmpty
    }
}
