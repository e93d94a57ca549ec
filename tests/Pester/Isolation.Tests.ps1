BeforeAll {
    $artifacts = [IO.Path]::GetFullPath([IO.Path]::Combine($PSScriptRoot, '..', '..', 'artifacts'))
    $module = [IO.Path]::Combine($artifacts, 'module', 'PandoraSync')
    $other = [IO.Path]::Combine($artifacts, 'tools', 'BouncyCastle-2.4.0', 'BouncyCastle.Cryptography.dll')

    # This shell once more; as a .NET tool it is started as "dotnet pwsh.dll".
    $program, $first = [Diagnostics.Process]::GetCurrentProcess().MainModule.FileName, @()
    if ([IO.Path]::GetFileNameWithoutExtension($program) -eq 'dotnet') { $first = @([Environment]::GetCommandLineArgs()[0]) }

    # Text for a new session: an authority, certificates of a server and a client, a drain over mutual TLS.
    $drain = @'
        $buffer, $incoming = 'buffer', 'incoming' | ForEach-Object { [IO.Directory]::CreateDirectory("$folder/$_").FullName }
        [IO.File]::WriteAllText("$buffer/agent.1760000000.data", 'measured')
        $ca = New-TentacleCertificate -Authority -OutputDirectory "$folder/ca"
        $site = New-TentacleCertificate 127.0.0.1 -Issuer $ca -Role Server -OutputDirectory "$folder/site"
        $main = New-TentacleCertificate -CommonName main -Issuer $ca -Role Client -OutputDirectory "$folder/main"
        $server = $site | Start-TentacleServer $buffer -Address 127.0.0.1 -Port 0
        $result = $main | Invoke-PandoraSync "127.0.0.1:$($server.Port)" -Destination $incoming
        $server | Stop-TentacleServer
        "drained: $($result.Files) $([IO.File]::ReadAllText("$incoming/agent.1760000000.data"))"
'@

    # Text for a new session: what another module with that library does, and which version answers it.
    $useOther = @'
        Add-Type -LiteralPath $other
        "other: $([Org.BouncyCastle.Security.SecureRandom].Assembly.Location) $([Org.BouncyCastle.Security.SecureRandom]::new().GetType().Assembly.GetName().Name)"
'@

    function Invoke-NewSession($Text) {
        $folder = [IO.Directory]::CreateDirectory([IO.Path]::Combine([string] $TestDrive, [guid]::NewGuid().ToString('N'))).FullName
        $script = "`$ErrorActionPreference = 'Stop'; `$folder = '$folder'; `$other = '$other'; `$module = '$module'`n$Text"
        & $program @first -NoProfile -NonInteractive -EncodedCommand ([Convert]::ToBase64String([Text.Encoding]::Unicode.GetBytes($script))) 2>&1 | ForEach-Object { "$_" }
    }
}

Describe 'A session with another BouncyCastle' {
    It 'is 2.4.0, with the assembly version of all 2.x' {
        [Diagnostics.FileVersionInfo]::GetVersionInfo($other).FileVersion | Should -BeLike '2.4.0.*'
        [Reflection.AssemblyName]::GetAssemblyName($other).Version | Should -Be '2.0.0.0'
    }

    It 'that was loaded before the import has certificates and a drain over mutual TLS' {
        $said = Invoke-NewSession "$useOther`nImport-Module `$module`n$drain`n$useOther"
        $said | Should -Contain 'drained: 1 measured'
        @($said -like 'other: *') | Should -Be @("other: $other BouncyCastle.Cryptography", "other: $other BouncyCastle.Cryptography")
    }

    It 'that is loaded after the import has certificates and a drain over mutual TLS' {
        $said = Invoke-NewSession "Import-Module `$module`n$useOther`n$drain`n$useOther"
        $said | Should -Contain 'drained: 1 measured'
        @($said -like 'other: *') | Should -Be @("other: $other BouncyCastle.Cryptography", "other: $other BouncyCastle.Cryptography")
    }

    It 'that is loaded after a drain still gets its own types' {
        $said = Invoke-NewSession "Import-Module `$module`n$drain`n$useOther"
        $said | Should -Contain 'drained: 1 measured'
        $said | Should -Contain "other: $other BouncyCastle.Cryptography"
    }
}
