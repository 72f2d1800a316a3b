// The company's colour and logo, on the Configurações page: two small forms of their own, because a picture cannot travel with the others' fields.
import { paths } from '../paths.ts';

export type Look = { color: string | null; hasLogo: boolean };

export function LookForms({ slug, color, hasLogo }: Look & { slug: string }) {
  return (
    <section class="card" aria-labelledby="aparencia">
      <h2 id="aparencia">Aparência</h2>
      <form method="post" action={paths.changeColor(slug)} class="filters">
        <label class="grow">
          <span class="filter-label">Cor, escrita como #0f766e (vazio: a nossa)</span>
          <input name="cor" value={color ?? ''} maxlength={7} pattern="#[0-9A-Fa-f]{6}" autocomplete="off" />
        </label>
        <button class="button" type="submit">
          Mudar a cor
        </button>
      </form>
      <p class="faint">Escurecemos ou clareamos o tom até que os textos fiquem legíveis nas telas claras e escuras.</p>
      <form method="post" action={paths.changeLogo(slug)} enctype="multipart/form-data" class="filters">
        <label class="grow">
          <span class="filter-label">Logotipo: PNG, JPEG ou WebP de até 200 KB{hasLogo ? ' (vazio: tirar)' : ''}</span>
          <input type="file" name="logo" accept="image/png,image/jpeg,image/webp" required={!hasLogo} />
        </label>
        <button class="button" type="submit">
          {hasLogo ? 'Trocar ou tirar' : 'Enviar'}
        </button>
      </form>
    </section>
  );
}
