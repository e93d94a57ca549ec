BeforeAll {
    . ([IO.Path]::Combine($PSScriptRoot, 'Common.ps1'))
}

Describe 'Certificates' {
    It 'make a drain over mutual TLS a matter of five lines' {
        $folder = New-Folder; $buffer = New-Folder; $incoming = New-Folder
        [IO.File]::WriteAllText([IO.Path]::Combine($buffer, 'agent.1760000000.data'), 'measured')
        $ca = New-TentacleCertificate -Authority -OutputDirectory "$folder/ca"
        $site = New-TentacleCertificate localhost, 127.0.0.1 -Issuer $ca -Role Server -OutputDirectory "$folder/site"
        $main = New-TentacleCertificate -CommonName main -Issuer "$folder/ca" -Role Client -OutputDirectory "$folder/main"
        $server = $site | Start-TentacleServer $buffer -Address 127.0.0.1 -Port 0
        $result = $main | Invoke-PandoraSync "127.0.0.1:$($server.Port)" -Destination $incoming
        $result.Succeeded | Should -BeTrue
        [IO.File]::ReadAllText([IO.Path]::Combine($incoming, 'agent.1760000000.data')) | Should -BeExactly 'measured'
        $steps = Test-TentacleServer 127.0.0.1 -Port $server.Port -CaPath $ca.CertificatePath
        $steps.Step | Should -Be 'Name', 'Port', 'TLS', 'Authentication'
        $steps[3].Detail | Should -BeLike '*client certificate*'
        Stop-TentacleServer $server
    }

    It 'are not overwritten without -Force, nor written with -WhatIf, and keep their key when renewed' {
        $folder = New-Folder
        New-TentacleCertificate -Authority -OutputDirectory "$folder/ca" -WhatIf | Should -BeNullOrEmpty
        [IO.Directory]::Exists("$folder/ca") | Should -BeFalse
        $ca = New-TentacleCertificate -Authority -OutputDirectory "$folder/ca"
        { New-TentacleCertificate -Authority -OutputDirectory "$folder/ca" } | Should -Throw '*exists already and is not overwritten*'
        $old = New-TentacleCertificate site.example -Issuer $ca -OutputDirectory "$folder/site" -Days 10
        $new = New-TentacleCertificate -Renew "$folder/site" -Issuer $ca -OutputDirectory "$folder/site" -Force -Days 100
        $new.KeyFingerprint | Should -Be $old.KeyFingerprint
        $new.NotAfter | Should -BeGreaterThan $old.NotAfter
    }

    It 'have to be trusted on purpose' {
        $folder = New-Folder
        $ca = New-TentacleCertificate -Authority -OutputDirectory "$folder/ca"
        $site = New-TentacleCertificate other.example -Issuer $ca -OutputDirectory "$folder/site"
        $server = Start-TentacleServer (New-Folder) -Address 127.0.0.1 -Port 0 -CertificatePath $site.CertificatePath -KeyPath $site.KeyPath
        $at = @{ ComputerName = '127.0.0.1'; Port = $server.Port; RetryCount = 0; ErrorAction = 'Stop' }
        { Get-TentacleFile @at -SkipHostNameCheck } | Should -Throw '*it must be said whom to trust*'
        { Get-TentacleFile @at -CaPath $ca.CaPath } | Should -Throw '*127.0.0.1*'
        Get-TentacleFile @at -CaPath $ca.CaPath -SkipHostNameCheck | Should -BeNullOrEmpty
        Get-TentacleFile @at -Fingerprint $site.KeyFingerprint | Should -BeNullOrEmpty
        Get-TentacleFile @at -SkipCertificateCheck | Should -BeNullOrEmpty
        Stop-TentacleServer $server
    }
}
