// The id of <main>: the one element that tabs, periods and paging swap.
export const contentId = 'conteudo';
